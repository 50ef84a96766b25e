package io.ratelimit.benchmarks.soak;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.report.RoundReport;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Many rounds of 108 events at 20 per minute, in an emergency up to 60, within 3 minutes, a
 * thousand times as fast: in memory by accelerated time, over Redis by shorter durations.
 */
final class RoundSoak {

  private static final int ACCELERATION = 1_000;
  private static final int EVENTS = 108;
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration DEADLINE = Duration.ofMinutes(3);
  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration LAST_RETRY = Duration.ofSeconds(30);
  private static final int FAILS_EACH = 20;
  private static final List<EventType> TYPES =
      List.of(
          EventType.REBALANCE_NEEDED,
          EventType.OPEN_POSITION_DETECTED,
          EventType.OPEN_ORDER_DETECTED,
          EventType.NEW_BALANCE_UPDATE,
          EventType.BALANCE_CHECK_REQUIRED);

  private final Store store;
  private final int rounds;
  private final int divisor;
  private final AtomicLong attempts = new AtomicLong();

  RoundSoak(Store store, int rounds) {
    this.store = store;
    this.rounds = rounds;
    this.divisor = store.isAccelerated() ? 1 : ACCELERATION;
  }

  private RateLimit limit(int permits) {
    return RateLimit.of(permits).per(MINUTE.dividedBy(divisor));
  }

  private AuditEvent event(int round, int number) {
    EventType declared = TYPES.get(number % TYPES.size());
    EventType type =
        new EventType(
            declared.name(), declared.priority(), declared.processingTime().dividedBy(divisor));
    return AuditEvent.of("event-" + round + '-' + number, type, "wallet-" + number);
  }

  boolean run() throws IOException, InterruptedException {
    Course course = new Course("rounds", store);
    int inTime = 0;
    int over = 0;
    QueueStats stats;
    try (EventQueue queue = store.open("soak-rounds", limit(20), ACCELERATION);
        AuditEngine engine =
            AuditEngine.builder(queue)
                .handler(
                    event -> {
                      handle(queue, event);
                    })
                .workers(1, 10)
                .deadline(DEADLINE.dividedBy(divisor))
                .emergencyLimit(limit(60))
                // A short delay of this machine counts a thousandfold here.
                .lease(Duration.ofHours(1))
                .handlerTimeout(Duration.ofHours(1))
                .retryPolicy(
                    new RetryPolicy(
                        3, FIRST_RETRY.dividedBy(divisor), 2, LAST_RETRY.dividedBy(divisor), 0.5))
                .decisionInterval(Duration.ofSeconds(1).dividedBy(divisor))
                .build()) {
      for (int part = 0; part < Course.PARTS; part++) {
        for (int round = part * rounds / Course.PARTS;
            round < (part + 1) * rounds / Course.PARTS;
            round++) {
          int number = round;
          queue.publish(IntStream.range(0, EVENTS).mapToObj(n -> event(number, n)).toList());
          RoundReport report = engine.runRound();
          inTime += report.deadlineMet() ? 1 : 0;
          over += report.limitHeld().orElse(false) ? 0 : 1;
        }
        while (queue.stats().unfinished() > 0) {
          engine.runRound();
        }
        course.endPart();
      }
      stats = queue.stats();
    }
    if (over > 0) {
      course.violated(over + " rounds were over the limit");
    }
    if (!stats.isConserved() || stats.done() + stats.failed() != (long) rounds * EVENTS) {
      course.violated("events are missing: " + stats);
    }
    return course.end(
        "%,d rounds, %,d of them in time, %,d attempts".formatted(rounds, inTime, stats.starts()));
  }

  private void handle(EventQueue queue, AuditEvent event) throws IOException, InterruptedException {
    queue.time().sleep(event.type().processingTime());
    if (attempts.incrementAndGet() % FAILS_EACH == 0) {
      throw new IOException("one of " + FAILS_EACH);
    }
  }
}
