package io.ratelimit.temporal.internal.wire;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.ratelimit.core.internal.report.QueueCounters;
import java.time.Duration;
import java.time.Instant;

/**
 * The beginning of a manager.
 *
 * @param startedAt when it was started, by the queue's clock; before it first saw the queue
 * @param waited the time from then until it first saw the queue
 * @param counters the queue's counters at that moment
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Begin(Instant startedAt, Duration waited, QueueCounters counters) {}
