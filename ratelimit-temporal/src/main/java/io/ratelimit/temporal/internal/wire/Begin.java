package io.ratelimit.temporal.internal.wire;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.ratelimit.core.internal.report.QueueCounters;
import java.time.Duration;
import java.time.Instant;

/**
 * How a manager began.
 *
 * @param startedAt when it was started, by the queue's clock: before it first saw the queue
 * @param waited how long after that it first saw the queue
 * @param counters what the queue had counted then
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Begin(Instant startedAt, Duration waited, QueueCounters counters) {}
