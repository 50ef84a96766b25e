package io.ratelimit.cli.watch;

import io.ratelimit.core.queue.FailedEvent;
import java.time.Instant;

/** An event in the failed queue, as it is shown; the names in JSON are a promise. */
public record FailedView(
    long sequence,
    String id,
    String type,
    String walletId,
    int attempts,
    Instant failedAt,
    String reason) {

  public static FailedView of(FailedEvent failed) {
    return new FailedView(
        failed.sequence(),
        failed.event().id(),
        failed.event().type().name(),
        failed.event().walletId(),
        failed.attempts(),
        failed.failedAt(),
        failed.reason());
  }
}
