package io.ratelimit.core.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.LimitSettings.Demand;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.scaling.Expectations;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingPolicy;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Several deciders on one queue: each makes its own demand, and the limit settles. */
class SharedLimitTest {

  private static final RateLimit NORMAL = RateLimit.of(20).perMinute();
  private static final RateLimit CEILING = RateLimit.of(60).perMinute();
  private static final EventType TYPE =
      EventType.of("AUDIT").withProcessingTime(Duration.ofSeconds(4));
  private static final int EVENTS = 108;

  /**
   * The most versions in a round, however many share it: a raise, few corrections, the way down,
   * the normal limit.
   */
  private static final int MOST_VERSIONS = 10;

  /** Up, and down again. */
  private static final int MOST_TURNS = 1;

  /** Decides at intervals, like an engine or a manager. */
  private static final class Decider {
    private final String owner;
    private final RoundTerms terms;
    private final Instant start;
    private final ScalingController controller;
    private int workers;
    private int busy;

    Decider(int number, Duration deadline, Duration interval, Instant start) {
      this.owner = "decider-" + number;
      this.start = start;
      this.terms =
          RoundTerms.DEFAULT
              .withDeadline(deadline)
              .withDecisionInterval(interval)
              .withExpectations(new Expectations(0.05, 3, 0.1, 2))
              .withEmergencyLimit(CEILING);
      this.controller = new ScalingController(ScalingPolicy.standard(), terms);
    }

    void decide(EventQueue queue) {
      QueueStats stats = queue.stats();
      Duration left = Duration.between(stats.observedAt(), start.plus(terms.deadline()));
      ScalingDecision decision = controller.decide(stats, left, workers);
      controller.apply(
          decision,
          stats,
          queue.limitControl(),
          owner,
          ScalingController.demandLease(terms.decisionInterval()));
      workers = decision.workers();
    }

    void end(EventQueue queue) {
      queue.limitControl().endDemand(owner);
    }
  }

  private record Step(Instant at, long order, Runnable action) {}

  private final VirtualTime time = VirtualTime.atEpoch();
  private final EventQueue queue = InMemoryEventQueue.builder(NORMAL).time(time).build();
  private final PriorityQueue<Step> ahead =
      new PriorityQueue<>(Comparator.comparing(Step::at).thenComparingLong(Step::order));
  private final List<Double> limits = new ArrayList<>();
  private final Random luck = new Random(42);
  private long steps;
  private long decisions;

  private void at(Instant when, Runnable action) {
    steps++;
    ahead.add(new Step(when, steps, action));
  }

  private void decide(Decider decider) {
    decider.decide(queue);
    decisions++;
    note();
    take(decider);
    at(time.now().plus(decider.terms.decisionInterval()), () -> decide(decider));
  }

  private void take(Decider decider) {
    while (decider.busy < decider.workers) {
      steps++;
      TakeResult result =
          queue.take(TakeRequest.one("t" + steps, decider.owner, Duration.ofMinutes(1)));
      if (result instanceof TakeResult.NotBefore notBefore) {
        at(notBefore.at(), () -> take(decider));
      }
      if (!(result instanceof TakeResult.Taken taken)) {
        return;
      }
      decider.busy++;
      at(time.now().plus(processingTime()), () -> settle(decider, taken.leases().get(0)));
    }
  }

  /** Returns the time of an attempt; one in ten takes twice as long. */
  private Duration processingTime() {
    return luck.nextInt(10) == 0 ? TYPE.processingTime().multipliedBy(2) : TYPE.processingTime();
  }

  /** Settles an attempt; one in twenty fails. */
  private void settle(Decider decider, Lease lease) {
    decider.busy--;
    assertThat(
            luck.nextInt(20) == 0
                ? queue.retry(lease, Duration.ofSeconds(1), "bad luck")
                : queue.ack(lease))
        .isEqualTo(Settlement.SETTLED);
    take(decider);
    at(time.now().plusSeconds(1), () -> take(decider));
  }

  private void publish(int events) {
    IntStream.range(0, events)
        .forEach(i -> queue.publish(AuditEvent.of("event-" + i, TYPE, "wallet")));
  }

  private void play(List<Decider> deciders) {
    publish(EVENTS);
    deciders.forEach(decider -> at(decider.start, () -> decide(decider)));
    while (queue.stats().unfinished() > 0) {
      Step step = ahead.remove();
      time.advanceTo(step.at());
      step.action().run();
    }
    // All decide once more and end their demands.
    for (Decider decider : deciders) {
      decider.decide(queue);
      note();
    }
  }

  /** Records the limit in force if it has changed. */
  private void note() {
    QueueStats stats = queue.stats();
    double perMinute = stats.limitInForce().perMinute();
    if (limits.isEmpty() || limits.get(limits.size() - 1) != perMinute) {
      limits.add(perMinute);
    }
  }

  /**
   * Returns deciders: engines decide every second, managers every 5 seconds; they begin one after
   * another.
   */
  private static List<Decider> deciders(
      int engines, int managers, int deadline, int otherDeadline, int apart) {
    List<Decider> deciders = new ArrayList<>();
    for (int i = 0; i < engines + managers; i++) {
      Duration within = Duration.ofSeconds(i % 2 == 0 ? deadline : otherDeadline);
      Duration interval = Duration.ofSeconds(i < engines ? 1 : 5);
      deciders.add(new Decider(i, within, interval, Instant.EPOCH.plusSeconds((long) apart * i)));
    }
    return deciders;
  }

  static List<Arguments> crowds() {
    List<Arguments> crowds = new ArrayList<>();
    for (int engines = 0; engines <= 5; engines++) {
      for (int managers = engines == 0 ? 1 : 0; managers <= 5; managers++) {
        crowds.add(Arguments.of(engines, managers, 180, 180, 0));
        crowds.add(Arguments.of(engines, managers, 180, 180, 10));
        crowds.add(Arguments.of(engines, managers, 180, 600, 10));
        crowds.add(Arguments.of(engines, managers, 150, 200, 10));
      }
    }
    return crowds;
  }

  /** The limit settles whatever the number of deciders and their intervals. */
  @ParameterizedTest(name = "{0} engines, {1} managers, {2} s and {3} s, {4} s apart")
  @MethodSource("crowds")
  void theyComeToRest(int engines, int managers, int deadline, int otherDeadline, int apart) {
    play(deciders(engines, managers, deadline, otherDeadline, apart));

    assertThat(decisions).isGreaterThan(20L * (engines + managers) / 2);
    assertThat(queue.limitControl().settings().version())
        .as("versions of the settings, in force %s", limits)
        .isLessThanOrEqualTo(MOST_VERSIONS);
    assertThat(turns()).as("up and down again: %s", limits).isLessThanOrEqualTo(MOST_TURNS);
    QueueStats stats = queue.stats();
    assertThat(stats.limitInForce()).isEqualTo(NORMAL);
    assertThat(stats.limit().demands()).isEmpty();
    assertThat(stats.done()).isEqualTo(EVENTS);
  }

  /** Returns how often the limit in force changed direction. */
  private long turns() {
    return IntStream.range(2, limits.size())
        .filter(i -> limits.get(i) > limits.get(i - 1) != limits.get(i - 1) > limits.get(i - 2))
        .count();
  }

  /** A decider ends only its own demand; the other's stays in force as long as needed. */
  @Test
  void whoEndsADemandEndsOnlyItsOwn() {
    publish(300);
    Decider hasty = new Decider(1, Duration.ofMinutes(3), Duration.ofSeconds(1), Instant.EPOCH);
    Decider calm = new Decider(2, Duration.ofMinutes(10), Duration.ofSeconds(5), Instant.EPOCH);
    hasty.decide(queue);
    calm.decide(queue);
    assertThat(queue.stats().limitInForce()).isEqualTo(CEILING);

    hasty.end(queue);

    LimitSettings settings = queue.limitControl().settings();
    assertThat(settings.demands()).extracting(Demand::owner).containsExactly(calm.owner);
    assertThat(settings.inForce(time.now()).isFasterThan(NORMAL)).isTrue();
    calm.end(queue);
    assertThat(queue.stats().limitInForce()).isEqualTo(NORMAL);
  }
}
