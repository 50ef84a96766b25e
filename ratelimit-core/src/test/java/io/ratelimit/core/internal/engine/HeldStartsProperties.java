package io.ratelimit.core.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.scaling.Expectations;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingPolicy;
import io.ratelimit.core.scaling.WorkerRange;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;

/**
 * Rounds that are projected to be in time are, whatever holds starts back: a full window, a pause,
 * events in progress, or few workers.
 */
class HeldStartsProperties {

  /** Starts have whole microseconds, each up to one late. */
  private static final Duration STAMPS = Duration.ofMillis(1);

  private static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");

  /** The pause at the beginning of the round. */
  enum Pause {
    NONE,
    SHORT,
    LONG,
    UNTIL_RESUMED
  }

  /**
   * A round.
   *
   * @param before the events started before it, as soon as the limit allowed
   */
  record Round(
      int before,
      int events,
      int seconds,
      RateLimit limit,
      Pause pause,
      int workers,
      int deadline) {}

  private record InHand(Lease lease, Instant until) {}

  @Provide
  Arbitrary<Round> rounds() {
    Arbitrary<RateLimit> limits =
        Combinators.combine(
                Arbitraries.integers().between(5, 120), Arbitraries.integers().between(1, 120))
            .as(
                (permits, burst) ->
                    RateLimit.of(permits).perMinute().withBurst(Math.min(permits, burst)));
    return Combinators.combine(
            Arbitraries.integers().between(0, 60),
            Arbitraries.integers().between(1, 100),
            Arbitraries.integers().between(1, 15),
            limits,
            Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(6, Arbitraries.just(Pause.NONE)),
                net.jqwik.api.Tuple.of(4, Arbitraries.of(Pause.class))),
            Arbitraries.integers().between(1, 20),
            Arbitraries.integers().between(20, 400))
        .as(Round::new);
  }

  @Property(tries = 2_000)
  void whatIsProjectedToBeInTimeIs(@ForAll("rounds") Round round) {
    VirtualTime time = VirtualTime.startingAt(NOON);
    try (InMemoryEventQueue queue = InMemoryEventQueue.builder(round.limit()).time(time).build()) {
      PriorityQueue<InHand> inHand = new PriorityQueue<>(Comparator.comparing(InHand::until));
      publish(queue, round, "before", round.before());
      drain(queue, time, round, inHand, NOON.plusSeconds(600), false);
      pause(queue, round.pause());
      publish(queue, round, "e", round.events());
      Instant due = time.now().plusSeconds(round.deadline());

      QueueStats stats = queue.stats();
      ScalingDecision decision = decide(stats, round);
      boolean promised =
          decision.confidence() > 0.99
              && decision.projectedFinish().plus(spare(stats, round)).compareTo(decision.timeLeft())
                  <= 0;
      Statistics.label("promised")
          .collect(promised)
          .coverage(coverage -> coverage.check(true).percentage(share -> share > 5));
      Instant finish = drain(queue, time, round, inHand, due.plusSeconds(1), true);

      if (promised) {
        assertThat(queue.stats().unfinished()).as("%s", decision).isZero();
        assertThat(finish).as("%s", decision).isBeforeOrEqualTo(due.plus(STAMPS));
      }
      if (round.pause() == Pause.UNTIL_RESUMED) {
        assertThat(promised).isFalse();
        assertThat(decision.explanation()).contains("nothing starts until it is resumed");
      }
    }
  }

  /**
   * Returns the tolerance. If all workers may be busy, a projection does not know when each becomes
   * free: it is off by up to an attempt, or a tenth of a long round.
   */
  private static Duration spare(QueueStats stats, Round round) {
    int seconds = Math.max(round.seconds(), round.deadline() / 10);
    return round.workers() < stats.unfinished() ? Duration.ofSeconds(seconds) : Duration.ZERO;
  }

  private static ScalingDecision decide(QueueStats stats, Round round) {
    RoundTerms terms =
        RoundTerms.DEFAULT
            .withExpectations(Expectations.NONE)
            .withWorkers(new WorkerRange(round.workers(), round.workers()))
            .withDeadline(Duration.ofSeconds(round.deadline()));
    return new ScalingController(ScalingPolicy.standard(), terms)
        .decide(stats, Duration.ofSeconds(round.deadline()), round.workers());
  }

  private static void publish(InMemoryEventQueue queue, Round round, String prefix, int count) {
    EventType type = EventType.of("T").withProcessingTime(Duration.ofSeconds(round.seconds()));
    List<AuditEvent> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      events.add(AuditEvent.of(prefix + i, type, "w"));
    }
    if (!events.isEmpty()) {
      assertThat(queue.publish(events).accepted()).isEqualTo(count);
    }
  }

  private static void pause(InMemoryEventQueue queue, Pause pause) {
    switch (pause) {
      case NONE -> {}
      case SHORT -> assertThat(queue.limitControl().pauseFor(Duration.ofSeconds(5))).isNotNull();
      case LONG -> assertThat(queue.limitControl().pauseFor(Duration.ofSeconds(90))).isNotNull();
      case UNTIL_RESUMED -> assertThat(queue.limitControl().pause()).isNotNull();
    }
  }

  /**
   * Lets workers take all they can, until nothing waits or time is up.
   *
   * @param toTheEnd whether to wait for events in progress
   * @return when the last event was finished
   */
  private static Instant drain(
      InMemoryEventQueue queue,
      VirtualTime time,
      Round round,
      PriorityQueue<InHand> inHand,
      Instant until,
      boolean toTheEnd) {
    Instant last = time.now();
    int takes = 0;
    while (time.now().isBefore(until)) {
      while (!inHand.isEmpty() && !inHand.peek().until().isAfter(time.now())) {
        assertThat(queue.ack(inHand.remove().lease())).isEqualTo(Settlement.SETTLED);
        last = time.now();
      }
      Instant next = inHand.isEmpty() ? until : inHand.peek().until();
      if (inHand.size() < round.workers()) {
        TakeResult result =
            queue.take(TakeRequest.one(until + "-" + takes++, "w", Duration.ofHours(1)));
        if (result instanceof TakeResult.Taken taken) {
          Lease lease = taken.leases().get(0);
          inHand.add(new InHand(lease, time.now().plusSeconds(round.seconds())));
          next = time.now();
        } else if (result instanceof TakeResult.NotBefore later) {
          next = earlier(next, later.at());
        } else if (result instanceof TakeResult.Paused paused) {
          next = earlier(next, paused.until().orElse(until));
        } else if (!toTheEnd || inHand.isEmpty()) {
          return last;
        }
      }
      if (next.isAfter(time.now())) {
        time.advance(Duration.between(time.now(), next));
      }
    }
    return last;
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
