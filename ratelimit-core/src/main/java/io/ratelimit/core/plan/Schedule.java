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
    Run run = new Run(attempts, limit, workers, deadline);
    long late = 0;
    while (run.hasNext()) {
      late += run.isNextLate() ? 1 : 0;
    }
    return new Schedule(run.lastStart(), run.finish(), late);
  }

  /** Returns whether all end by the deadline under one limit; ends with the first that does not. */
  static boolean meets(Attempts attempts, RateLimit limit, int workers, Duration deadline) {
    Run run = new Run(attempts, limit, workers, deadline);
    while (run.hasNext()) {
      if (run.isNextLate()) {
        return false;
      }
    }
    return true;
  }

  /** Returns what a closed form expects under one limit. */
  static Schedule estimated(Outlook outlook, RateLimit limit, int workers) {
    return new Schedule(
        outlook.lastStart(limit, workers),
        outlook.finish(limit, workers),
        outlook.late(limit, workers));
  }

  /** Starts the attempts one after the other. */
  private static final class Run {
    private final Attempts attempts;
    private final int workers;
    private final Instant due;
    private final PriorityQueue<Instant> busyUntil = new PriorityQueue<>();
    private LimitState state;
    private Instant start = Instant.EPOCH;
    private Instant finish = Instant.EPOCH;
    private int next;

    Run(Attempts attempts, RateLimit limit, int workers, Duration deadline) {
      this.attempts = attempts;
      this.workers = workers;
      this.due = Instant.EPOCH.plus(deadline);
      this.state = LimitState.unused(LimitSettings.of(limit));
    }

    boolean hasNext() {
      return next < attempts.size();
    }

    boolean isNextLate() {
      Instant free = busyUntil.size() < workers ? start : later(start, busyUntil.remove());
      start = permit(free, attempts.weight(next));
      Instant end = start.plus(attempts.processingTime(next));
      busyUntil.add(end);
      finish = later(finish, end);
      next++;
      return end.isAfter(due);
    }

    private Instant permit(Instant from, int weight) {
      Instant now = from;
      while (true) {
        Decision decision = state.decide(now, weight);
        if (decision instanceof Decision.Granted granted) {
          state = granted.next();
          return granted.start();
        }
        now = ((Decision.NotBefore) decision).at();
      }
    }

    Duration lastStart() {
      return Duration.between(Instant.EPOCH, start);
    }

    Duration finish() {
      return Duration.between(Instant.EPOCH, finish);
    }

    private static Instant later(Instant one, Instant other) {
      return one.isAfter(other) ? one : other;
    }
  }
}
