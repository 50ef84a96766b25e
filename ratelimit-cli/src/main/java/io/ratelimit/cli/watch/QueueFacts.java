package io.ratelimit.cli.watch;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What of a queue a condition depends on.
 *
 * @param observedAt when it was read, by its clock
 * @param unstartedFor for how long nothing was started although something waited and the limit
 *     would have let it, as far as that is known; empty: something is in hand, or nothing waits, or
 *     the limit holds it back
 */
record QueueFacts(
    Instant observedAt,
    long pending,
    long delayed,
    long leased,
    long done,
    long failed,
    boolean conserved,
    boolean paused,
    Optional<Instant> pausedUntil,
    RateLimit limit,
    Optional<Duration> untilNextStart,
    Optional<Duration> unstartedFor) {

  private static final double MILLIS = 1e3;

  static QueueFacts of(QueueView queue) {
    return new QueueFacts(
        queue.observedAt(),
        queue.pending(),
        queue.delayed(),
        queue.leased(),
        queue.done(),
        queue.failed(),
        queue.conserved(),
        queue.paused(),
        queue.pausedUntil(),
        queue.limitInForce(),
        queue.untilNextStart(),
        unstarted(queue));
  }

  /** Returns what waits is counted from its publication, or from the latest start. */
  private static Optional<Duration> unstarted(QueueView queue) {
    boolean held = queue.paused() || queue.nextStart().isPresent();
    if (queue.pending() == 0 || queue.leased() > 0 || held) {
      return Optional.empty();
    }
    Optional<Duration> sinceStart =
        queue.latestStart().map(at -> Duration.between(at, queue.observedAt()));
    return Stream.of(queue.oldestPendingAge(), sinceStart)
        .flatMap(Optional::stream)
        .min(Duration::compareTo);
  }

  /** Returns what a manager told of its queue, if it has seen it. */
  static Optional<QueueFacts> of(ManagerStatus status) {
    return status
        .queue()
        .flatMap(
            queue ->
                status
                    .limit()
                    .map(
                        limit ->
                            new QueueFacts(
                                queue.observedAt(),
                                queue.pending(),
                                queue.delayed(),
                                queue.leased(),
                                queue.done(),
                                queue.failed(),
                                true,
                                status.state() == ManagerStatus.State.PAUSED,
                                Optional.empty(),
                                limit.inForce(),
                                limit
                                    .nextStart()
                                    .map(at -> Duration.between(queue.observedAt(), at)),
                                Optional.empty())));
  }

  /**
   * Returns how long it takes at least until the last event is started: nothing starts earlier than
   * the queue says, and only as many as the burst start at once.
   */
  Duration atLeast() {
    long starts = Math.max(0, pending + delayed - limit.burst());
    Duration held = untilNextStart.filter(wait -> !wait.isNegative()).orElse(Duration.ZERO);
    return held.plusMillis(Math.round(starts * limit.secondsPerPermit() * MILLIS));
  }

  long unfinished() {
    return pending + delayed + leased;
  }
}
