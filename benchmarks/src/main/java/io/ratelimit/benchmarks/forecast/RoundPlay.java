package io.ratelimit.benchmarks.forecast;

import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.handler.Failure;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.internal.engine.Foresight;
import io.ratelimit.core.internal.engine.ScalingController;
import io.ratelimit.core.internal.handler.EventProcessor;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingPolicy;
import io.ratelimit.core.simulation.SimulatedFaults;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Plays a round in virtual time, with the engine's queue, limit and decisions; events are published
 * while it runs. 20/min, in an emergency at most 60/min, 3 minutes, 1 to 10 workers; 5% of attempts
 * fail, 10% take twice as long.
 */
final class RoundPlay {

  static final RateLimit NORMAL = RateLimit.of(20).perMinute();
  static final RateLimit CEILING = RateLimit.of(60).perMinute();
  static final RoundTerms TERMS =
      RoundTerms.DEFAULT
          .withEmergencyLimit(CEILING)
          .withDecisionInterval(Duration.ofSeconds(2))
          .withExpectations(SimulatedFaults.typical(0).expectations(RetryPolicy.DEFAULT));

  private static final Duration FOR_EVER = Duration.ofDays(36_500);
  private static final String OWNER = "benchmark";

  /**
   * The outcome of a round.
   *
   * @param late the number of events unfinished at the deadline
   * @param extraStarts the number of starts beyond those that the normal limit allows until the
   *     last start
   * @param workerSeconds the worker seconds until the deadline
   * @param raisedSeconds the time for which the limit was raised
   * @param highest the highest limit, in permits per minute
   * @param largestWindow the most starts in any minute
   */
  record Outcome(
      long late,
      double extraStarts,
      double workerSeconds,
      double raisedSeconds,
      double highest,
      long largestWindow) {}

  private record Step(Instant at, long order, Runnable action) {}

  private final VirtualTime time = VirtualTime.atEpoch();
  private final EventQueue queue = InMemoryEventQueue.builder(NORMAL).time(time).build();
  private final EventProcessor processor =
      EventProcessor.builder().handler(event -> {}).retryPolicy(RetryPolicy.DEFAULT).build();
  private final PriorityQueue<Step> ahead =
      new PriorityQueue<>(Comparator.comparing(Step::at).thenComparingLong(Step::order));
  private final ScalingController controller;
  private final SimulatedFaults faults;
  private final Duration startUp;
  private final Instant deadline = Instant.EPOCH.plus(TERMS.deadline());
  private long steps;
  private long requests;
  private int wanted;
  private int workers;
  private int busy;
  private long starts;
  private Instant lastStart = Instant.EPOCH;
  private Instant askedAgainAt = Instant.MAX;
  private double workerSeconds;
  private double raisedSeconds;
  private double highest;

  private RoundPlay(Foresight foresight, SimulatedFaults faults, Duration startUp) {
    this.controller = new ScalingController(ScalingPolicy.standard(), TERMS, foresight);
    this.faults = faults;
    this.startUp = startUp;
    this.workers = TERMS.workers().min();
    this.wanted = workers;
  }

  /**
   * Plays a round to its deadline.
   *
   * @param startUp how long a worker takes to start
   */
  static Outcome play(Round round, Foresight foresight, SimulatedFaults faults, Duration startUp) {
    return new RoundPlay(foresight, faults, startUp).play(round);
  }

  private Outcome play(Round round) {
    for (Round.Arrival arrival : round.arrivals()) {
      at(
          Instant.EPOCH.plus(arrival.after()),
          () -> {
            queue.publish(List.of(arrival.event()));
            take();
          });
    }
    at(Instant.EPOCH, this::decide);
    while (!ahead.isEmpty() && !ahead.peek().at().isAfter(deadline)) {
      Step step = ahead.remove();
      time.advanceTo(step.at());
      step.action().run();
    }
    time.advanceTo(deadline);
    QueueStats stats = queue.stats();
    double offered =
        1 + Duration.between(Instant.EPOCH, lastStart).toNanos() / 60e9 * NORMAL.perMinute();
    return new Outcome(
        stats.unfinished(),
        Math.max(0, starts - offered),
        workerSeconds,
        raisedSeconds,
        highest,
        stats.largestWindowSince(Instant.EPOCH));
  }

  private void at(Instant when, Runnable action) {
    steps++;
    ahead.add(new Step(when, steps, action));
  }

  private void decide() {
    QueueStats stats = queue.stats();
    Duration left = Duration.between(time.now(), deadline);
    ScalingDecision decision = controller.decide(stats, left, wanted);
    controller.apply(
        decision,
        stats,
        queue.limitControl(),
        OWNER,
        ScalingController.demandLease(TERMS.decisionInterval()));
    double interval = TERMS.decisionInterval().toNanos() / 1e9;
    workerSeconds += interval * decision.workers();
    raisedSeconds += decision.limit().isFasterThan(NORMAL) ? interval : 0;
    highest = Math.max(highest, decision.limit().perMinute());
    want(decision.workers());
    take();
    at(time.now().plus(TERMS.decisionInterval()), this::decide);
  }

  private void want(int most) {
    int before = wanted;
    wanted = most;
    if (most <= workers || startUp.isZero()) {
      workers = most;
    } else if (most > before) {
      at(
          time.now().plus(startUp),
          () -> {
            workers = Math.max(workers, Math.min(most, wanted));
            take();
          });
    }
  }

  private void take() {
    while (busy < workers) {
      requests++;
      int free = Math.min(workers - busy, TakeRequest.MAX_EVENTS);
      TakeResult result = queue.take(new TakeRequest(OWNER + requests, OWNER, free, FOR_EVER));
      if (result instanceof TakeResult.Taken taken) {
        taken.leases().forEach(this::start);
      } else {
        Instant again = result.askAgainAt(time.now(), FOR_EVER);
        if (!again.equals(askedAgainAt)) {
          askedAgainAt = again;
          at(again, this::take);
        }
        return;
      }
    }
  }

  private void start(Lease lease) {
    busy++;
    starts++;
    lastStart = time.now();
    SimulatedFaults.Fate fate = faults.fate(lease.event(), lease.attempt());
    AttemptOutcome outcome =
        fate.fails()
            ? processor.failed(lease, Failure.of("simulated", "simulated failure"))
            : new AttemptOutcome.Done();
    at(
        time.now().plus(fate.processingTime()),
        () -> {
          busy--;
          var unused = outcome.settle(queue, lease);
          take();
        });
  }
}
