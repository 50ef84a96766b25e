package io.ratelimit.cli.watch;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The facts of a queue on which a condition depends.
 *
 * @param observedAt when the queue was read, by its clock
 * @param unstartedFor how long nothing started although something waited and the limit allowed it,
 *     as far as that is known; empty if an event is leased, nothing waits, or the limit prevents
 *     starts
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

  /**
   * Returns how long nothing started: since the oldest pending event was published, or since the
   * latest start if that is later.
   */
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

  /** Returns the facts that a manager reports about its queue, if it has seen it. */
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
   * Returns the shortest time until the last event starts: nothing starts before the queue's next
   * start, and at most the burst starts at once.
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
