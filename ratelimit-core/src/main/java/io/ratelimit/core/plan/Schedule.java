package io.ratelimit.core.plan;

import io.ratelimit.core.limit.Decision;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.LimitState;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.Outlook;
import java.time.Duration;
import java.time.Instant;
import java.util.PriorityQueue;

/**
 * When attempts start and end if each starts as soon as a worker is free and the limit grants it,
 * in order. The same {@link LimitState} decides as in a queue, so this is what an engine does when
 * nothing goes wrong.
 *
 * @param lastStart when the last attempt starts
 * @param finish when the last attempt ends
 * @param late how many attempts end after the deadline
 */
record Schedule(Duration lastStart, Duration finish, long late) {

  /** Under one limit. O(attempts × log workers). */
  static Schedule of(Attempts attempts, RateLimit limit, int workers, Duration deadline) {
    return of(attempts, limit, Duration.ZERO, limit, workers, deadline);
  }

  /** Under one limit, and from a time on under another. O(attempts × log workers). */
  static Schedule of(
      Attempts attempts,
      RateLimit limit,
      Duration raiseAt,
      RateLimit raised,
      int workers,
      Duration deadline) {
    Starts starts = new Starts(limit, Instant.EPOCH.plus(raiseAt), raised);
    PriorityQueue<Instant> busyUntil = new PriorityQueue<>();
    Instant due = Instant.EPOCH.plus(deadline);
    Instant start = Instant.EPOCH;
    Instant finish = Instant.EPOCH;
    long late = 0;
    for (int i = 0; i < attempts.size(); i++) {
      Instant free = busyUntil.size() < workers ? start : later(start, busyUntil.remove());
      start = starts.next(free, attempts.weight(i));
      Instant end = start.plus(attempts.processingTime(i));
      busyUntil.add(end);
      finish = later(finish, end);
      late += end.isAfter(due) ? 1 : 0;
    }
    return new Schedule(
        Duration.between(Instant.EPOCH, start), Duration.between(Instant.EPOCH, finish), late);
  }

  /** Returns what a closed form expects under one limit. */
  static Schedule estimated(Outlook outlook, RateLimit limit, int workers) {
    return new Schedule(
        outlook.lastStart(limit, workers),
        outlook.finish(limit, workers),
        outlook.late(limit, workers));
  }

  boolean meetsDeadline() {
    return late == 0;
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  /** Spends permits one after the other. */
  private static final class Starts {
    private LimitState state;
    private final Instant raiseAt;
    private final RateLimit raised;

    Starts(RateLimit limit, Instant raiseAt, RateLimit raised) {
      this.state = LimitState.unused(LimitSettings.of(limit));
      this.raiseAt = raiseAt;
      this.raised = raised;
    }

    Instant next(Instant from, int weight) {
      Instant now = from;
      while (true) {
        if (!now.isBefore(raiseAt)) {
          state = state.withSettings(state.settings().withNormal(raised));
        }
        Decision decision = state.decide(now, weight);
        if (decision instanceof Decision.Granted granted) {
          state = granted.next();
          return granted.start();
        }
        Instant at = ((Decision.NotBefore) decision).at();
        now = now.isBefore(raiseAt) && at.isAfter(raiseAt) ? raiseAt : at;
      }
    }
  }
}
