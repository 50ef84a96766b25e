package io.ratelimit.temporal;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.internal.engine.AttemptRunner;
import io.ratelimit.core.internal.report.RoundRecorder;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import java.time.Duration;
import java.time.Instant;

/**
 * What a lane reports of one attempt: enough for the round's report, and nothing of the payload,
 * which does not belong in Temporal's history.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record AttemptRecord(
    String eventId,
    String type,
    int weight,
    int attempt,
    Instant publishedAt,
    Instant takenAt,
    Duration processing,
    Result result,
    String reason,
    Settlement settlement) {

  /** {@link AttemptOutcome} as a name. */
  public enum Result {
    DONE,
    RETRY,
    FAILED,
    RELEASED
  }

  static AttemptRecord of(AttemptRunner.Finished finished) {
    return of(finished.lease(), finished.outcome(), finished.processing(), finished.settlement());
  }

  static AttemptRecord of(
      Lease lease, AttemptOutcome outcome, Duration processing, Settlement settlement) {
    Result result = Result.RELEASED;
    String reason = "";
    if (outcome instanceof AttemptOutcome.Done) {
      result = Result.DONE;
    } else if (outcome instanceof AttemptOutcome.Retry retry) {
      result = Result.RETRY;
      reason = retry.reason();
    } else if (outcome instanceof AttemptOutcome.Failed failed) {
      result = Result.FAILED;
      reason = failed.reason();
    } else if (outcome instanceof AttemptOutcome.Throttled throttled) {
      reason = throttled.reason();
    }
    return new AttemptRecord(
        lease.event().id(),
        lease.event().type().name(),
        lease.event().weight(),
        lease.attempt(),
        lease.publishedAt(),
        lease.takenAt(),
        processing,
        result,
        reason,
        settlement);
  }

  /** This record without its reason: what a report needs, and no more. */
  AttemptRecord withoutReason() {
    return new AttemptRecord(
        eventId, type, weight, attempt, publishedAt, takenAt, processing, result, "", settlement);
  }

  /** Whether the queue accepted the result. */
  boolean settled() {
    return settlement == Settlement.SETTLED;
  }

  /** Tells a recorder. */
  void recordTo(RoundRecorder recorder) {
    AuditEvent event = AuditEvent.of(eventId, EventType.of(type), "-").withWeight(weight);
    Lease lease = new Lease("-", 0, event, attempt, "-", publishedAt, takenAt, takenAt);
    recorder.attemptStarted(lease);
    recorder.attemptFinished(lease, outcome(), processing, settlement);
  }

  private AttemptOutcome outcome() {
    return switch (result) {
      case DONE -> new AttemptOutcome.Done();
      case RETRY -> new AttemptOutcome.Retry(Duration.ZERO, reason);
      case FAILED -> new AttemptOutcome.Failed(reason);
      case RELEASED -> new AttemptOutcome.Released();
    };
  }
}
