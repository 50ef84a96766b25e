package io.ratelimit.core.queue;

import io.ratelimit.core.event.AuditEvent;
import java.time.Instant;

/**
 * A waiting event, seen without being taken.
 *
 * @param sequence its place in the order of publication
 * @param event the event
 * @param attempts how many attempts it had: one for each time it was taken, unless it was released
 * @param publishedAt when it was published, by the queue's clock; of one with a delayed start, from
 *     when on it may start
 */
public record QueuedEvent(long sequence, AuditEvent event, int attempts, Instant publishedAt) {}
