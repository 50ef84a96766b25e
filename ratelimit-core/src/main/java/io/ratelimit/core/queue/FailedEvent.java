package io.ratelimit.core.queue;

import io.ratelimit.core.event.AuditEvent;
import java.time.Instant;

/**
 * An event that was given up. One whose record in the store cannot be read is here too: its type is
 * {@link io.ratelimit.core.event.EventType#UNREADABLE}.
 *
 * @param sequence identifies this failure in the failed queue; the place of the event in the order
 *     of publication
 * @param event the event
 * @param attempts how often it was attempted
 * @param reason why it was given up
 * @param failedAt when, by the queue's clock
 */
public record FailedEvent(
    long sequence, AuditEvent event, int attempts, String reason, Instant failedAt) {}
