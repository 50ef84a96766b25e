package io.ratelimit.core.internal.engine;

import io.ratelimit.core.AttemptTerms;
import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.internal.handler.EventProcessor;
import io.ratelimit.core.internal.queue.RequestIds;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.scaling.ScalingPolicy;
import java.util.Optional;

/** The settings that an engine was built with. */
public record EngineSettings(
    EventQueue queue,
    String name,
    RequestIds requestIds,
    EventProcessor processor,
    RoundTerms terms,
    ScalingPolicy policy,
    Optional<RateLimit> limitPerWorker,
    AttemptTerms attemptTerms) {}
