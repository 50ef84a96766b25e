package io.ratelimit.core.internal.engine;

import io.ratelimit.core.internal.handler.EventProcessor;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.scaling.Expectations;
import io.ratelimit.core.scaling.ScalingPolicy;
import io.ratelimit.core.scaling.WorkerRange;
import java.time.Duration;
import java.util.Optional;

/** What an engine was built with. */
public record EngineSettings(
    EventQueue queue,
    String name,
    RequestIds requestIds,
    EventProcessor processor,
    WorkerRange workers,
    ScalingPolicy policy,
    Optional<RateLimit> emergencyLimit,
    Optional<RateLimit> limitPerWorker,
    Expectations expectations,
    Duration deadline,
    Duration handlerTimeout,
    Duration lease,
    Duration shutdownGrace,
    Duration decisionInterval) {}
