package io.ratelimit.core.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingPolicy;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several who scale by one queue: each states its own demand, and they come to rest. */
class SharedLimitTest {

  private static final RateLimit NORMAL = RateLimit.of(20).perMinute();
  private static final RateLimit CEILING = RateLimit.of(60).perMinute();
  private static final EventType TYPE =
      EventType.of("AUDIT").withProcessingTime(Duration.ofSeconds(4));
  private static final int EVENTS = 108;
  private static final Duration LATER = Duration.ofSeconds(10);

  /** One who decides at intervals, as an engine or a manager does. */
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
  }

  private record Step(Instant at, long order, Runnable action) {}

  private final VirtualTime time = VirtualTime.atEpoch();
  private final EventQueue queue = InMemoryEventQueue.builder(NORMAL).time(time).build();
  private final PriorityQueue<Step> ahead =
      new PriorityQueue<>(Comparator.comparing(Step::at).thenComparingLong(Step::order));
  private final Set<Long> versions = new HashSet<>();
  private final List<RateLimit> inForce = new ArrayList<>();
  private long steps;
  private long decisions;

  private void at(Instant when, Runnable action) {
    steps++;
    ahead.add(new Step(when, steps, action));
  }

  private void decide(Decider decider) {
    decider.decide(queue);
    decisions++;
    look();
    take(decider);
    at(time.now().plus(decider.terms.decisionInterval()), () -> decide(decider));
  }

  private void look() {
    LimitSettings settings = queue.limitControl().settings();
    versions.add(settings.version());
    RateLimit now = settings.inForce(time.now());
    if (inForce.isEmpty() || !inForce.get(inForce.size() - 1).equals(now)) {
      inForce.add(now);
    }
  }

  /** How often the limit was raised again after it had been lowered. */
  private long raisedAgain() {
    return IntStream.range(2, inForce.size())
        .filter(
            i ->
                inForce.get(i).isFasterThan(inForce.get(i - 1))
                    && inForce.get(i - 2).isFasterThan(inForce.get(i - 1)))
        .count();
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
      Lease lease = taken.leases().get(0);
      decider.busy++;
      at(
          time.now().plus(TYPE.processingTime()),
          () -> {
            decider.busy--;
            assertThat(queue.ack(lease)).isNotNull();
            take(decider);
          });
    }
  }

  private void play(List<Decider> deciders) {
    IntStream.range(0, EVENTS)
        .forEach(i -> queue.publish(AuditEvent.of("event-" + i, TYPE, "wallet")));
    deciders.forEach(decider -> at(decider.start, () -> decide(decider)));
    while (queue.stats().unfinished() > 0) {
      Step step = ahead.remove();
      time.advanceTo(step.at());
      step.action().run();
    }
    // Everybody decides once more, and ends what it demanded.
    deciders.forEach(decider -> decider.decide(queue));
    look();
  }

  @ParameterizedTest(name = "{0} deciders, deadlines {1} s and {2} s")
  @CsvSource({
    "1, 180, 180",
    "2, 180, 180",
    "3, 180, 180",
    "4, 180, 180",
    "5, 180, 180",
    "10, 180, 180", //
    "2, 180, 600",
    "3, 180, 600",
    "4, 180, 600",
    "5, 180, 600",
    "10, 180, 600", //
    "2, 150, 200",
    "5, 150, 200"
  })
  void theyComeToRest(int number, int deadline, int otherDeadline) {
    List<Decider> deciders = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      Duration within = Duration.ofSeconds(i % 2 == 0 ? deadline : otherDeadline);
      Duration interval = Duration.ofSeconds(i % 2 == 0 ? 1 : 5);
      deciders.add(new Decider(i, within, interval, Instant.EPOCH.plus(LATER.multipliedBy(i))));
    }

    play(deciders);

    assertThat(decisions).isGreaterThan(100);
    // Each owner raises the limit and takes that back; none answers the others.
    assertThat(versions).hasSizeLessThanOrEqualTo(2 * number);
    assertThat(raisedAgain()).isZero();
    QueueStats stats = queue.stats();
    assertThat(stats.limitInForce()).isEqualTo(NORMAL);
    assertThat(stats.done()).isEqualTo(EVENTS);
    assertThat(Duration.between(Instant.EPOCH, time.now()))
        .isLessThanOrEqualTo(Duration.ofSeconds(deadline));
  }

  @Test
  void whoLeavesEndsOnlyItsOwnDemand() {
    IntStream.range(0, EVENTS)
        .forEach(i -> queue.publish(AuditEvent.of("event-" + i, TYPE, "wallet")));
    Decider one = new Decider(1, Duration.ofMinutes(3), Duration.ofSeconds(1), Instant.EPOCH);
    Decider other = new Decider(2, Duration.ofMinutes(3), Duration.ofSeconds(1), Instant.EPOCH);
    one.decide(queue);
    other.decide(queue);
    RateLimit raised = queue.stats().limitInForce();
    assertThat(raised.isFasterThan(NORMAL)).isTrue();

    queue.limitControl().endDemand(one.owner);
    assertThat(queue.stats().limitInForce()).isEqualTo(raised);

    queue.limitControl().endDemand(other.owner);
    assertThat(queue.stats().limitInForce()).isEqualTo(NORMAL);
  }
}
