package io.ratelimit.core.simulation;

import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.handler.Failure;
import io.ratelimit.core.internal.engine.ScalingController;
import io.ratelimit.core.internal.handler.EventProcessor;
import io.ratelimit.core.internal.report.RoundRecorder;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** One run of a {@link Simulation}: a discrete-event simulation in one thread. */
final class SimulationRun {

  /** Nothing crashes here, so no lease ever runs out and no wake-up is lost. */
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  private record Step(Instant at, long order, Runnable action) {}

  private final Simulation setup;
  private final VirtualTime time = VirtualTime.atEpoch();
  private final EventQueue queue;
  private final EventProcessor processor;
  private final ScalingController controller;
  private final RoundRecorder recorder;
  private final PriorityQueue<Step> ahead =
      new PriorityQueue<>(Comparator.comparing(Step::at).thenComparingLong(Step::order));
  private final List<Simulation.Sample> samples = new ArrayList<>();
  private long steps;
  private long requests;
  private int workers;
  private int busy;
  private Instant askedAgainAt = Instant.MAX;

  SimulationRun(Simulation setup) {
    this.setup = setup;
    this.queue = InMemoryEventQueue.builder(setup.limit).limits(setup.limits).time(time).build();
    this.processor =
        EventProcessor.builder().handler(event -> {}).retryPolicy(setup.retryPolicy).build();
    this.controller = new ScalingController(setup.policy, setup.terms);
    this.recorder = new RoundRecorder(queue.stats(), setup.terms.deadline());
  }

  Simulation.Result run() {
    Instant begin = time.now();
    queue.publish(setup.events);
    decide();
    take();
    Instant end = time.now();
    while (queue.stats().unfinished() > 0) {
      Step step = ahead.remove();
      time.advanceTo(step.at());
      step.action().run();
      end = step.at();
    }
    QueueStats stats = queue.stats();
    sample(stats, controller.decide(stats, timeLeft(), workers));
    return new Simulation.Result(
        recorder.report(Duration.between(begin, end), stats), samples, stats.isConserved());
  }

  private void at(Instant when, Runnable action) {
    steps++;
    ahead.add(new Step(when, steps, action));
  }

  private Duration timeLeft() {
    return Duration.between(time.now(), Instant.EPOCH.plus(setup.terms.deadline()));
  }

  private void decide() {
    QueueStats stats = queue.stats();
    ScalingDecision decision = controller.decide(stats, timeLeft(), workers);
    controller.apply(
        decision,
        stats,
        queue.limitControl(),
        "simulation",
        ScalingController.demandLease(setup.terms.decisionInterval()));
    controller.applyNamed(
        decision,
        stats,
        queue.namedLimitControl(),
        "simulation",
        ScalingController.demandLease(setup.terms.decisionInterval()));
    workers = decision.workers();
    recorder.decided(decision, stats);
    sample(stats, decision);
    at(
        time.now().plus(setup.terms.decisionInterval()),
        () -> {
          decide();
          take();
        });
  }

  private void sample(QueueStats stats, ScalingDecision decision) {
    samples.add(
        new Simulation.Sample(
            Duration.between(Instant.EPOCH, stats.observedAt()),
            stats.pending() + stats.delayed(),
            stats.leased(),
            stats.done(),
            stats.failed(),
            decision.workers(),
            decision.limit(),
            stats.startsInWindow(),
            stats.starts()));
  }

  private void take() {
    while (busy < workers) {
      requests++;
      int free = Math.min(workers - busy, TakeRequest.MAX_EVENTS);
      TakeResult result =
          queue.take(new TakeRequest("simulation-" + requests, "simulation", free, FOR_EVER));
      if (result instanceof TakeResult.Taken taken) {
        taken.leases().forEach(this::start);
      } else {
        askAgainAt(result.askAgainAt(time.now(), FOR_EVER));
        return;
      }
    }
  }

  private void askAgainAt(Instant when) {
    if (!when.equals(askedAgainAt)) {
      askedAgainAt = when;
      at(when, this::take);
    }
  }

  private void start(Lease lease) {
    busy++;
    SimulatedFaults.Fate fate = setup.faults.fate(lease.event(), lease.attempt());
    AttemptOutcome outcome =
        fate.fails()
            ? processor.failed(
                lease, Failure.of("simulated", "simulated failure of attempt " + lease.attempt()))
            : new AttemptOutcome.Done();
    Duration real = Duration.ofNanos(Math.round(fate.processingTime().toNanos() * setup.realTime));
    at(time.now().plus(real), () -> finish(lease, outcome, real));
  }

  private void finish(Lease lease, AttemptOutcome outcome, Duration took) {
    busy--;
    recorder.attemptFinished(lease, outcome, took, outcome.settle(queue, lease));
    take();
  }
}
