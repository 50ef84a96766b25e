package io.ratelimit.core.simulation;

import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.handler.Failure;
import io.ratelimit.core.internal.engine.Foresight;
import io.ratelimit.core.internal.engine.ScalingController;
import io.ratelimit.core.internal.handler.EventProcessor;
import io.ratelimit.core.internal.report.RoundRecorder;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.EventQueue.Subscription;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.PublishReceipt;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingPolicy;
import io.ratelimit.core.simulation.Simulation.Arrival;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One run of a {@link Simulation}: a discrete-event simulation in one thread. Like the engine, it
 * asks the queue for events only when the queue said that there may be some, or announced a change,
 * so an event costs a bounded number of steps. Times are nanoseconds from the start.
 */
final class SimulationRun {

  /** Nothing crashes here, so no lease expires and no wake-up is lost. */
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  /** Between rounds, there is nothing to decide; an arriving event ends such a time. */
  private static final int IDLE_INTERVALS = 5;

  private interface Step {
    void run();
  }

  private final Simulation setup;
  private final VirtualTime time = VirtualTime.atEpoch();
  private final EventQueue queue;
  private final EventProcessor processor;
  private final RoundRecorder recorder;
  private final Agenda<Step> agenda = new Agenda<>();
  private final List<Simulation.Sample> samples = new ArrayList<>();
  private final RoundTallies rounds;
  private final long interval;
  private final long end;
  private final Deque<Integer> starting = new ArrayDeque<>();
  private ScalingController controller;
  private long now;
  private long decidedAt;
  private int decisions;
  private long requests;
  private int batch = 1;
  private int wanted;
  private int ready;
  private int busy;
  private long outstanding;
  private long toArrive;
  private boolean isNews = true;
  private long askAgainAt;
  private long wakeAt = -1;

  SimulationRun(Simulation setup) {
    this.setup = setup;
    this.queue = InMemoryEventQueue.builder(setup.limit).limits(setup.limits).time(time).build();
    this.processor =
        EventProcessor.builder().handler(event -> {}).retryPolicy(setup.retryPolicy).build();
    int last = setup.rounds.size() - 1;
    Duration wholeTime = setup.every.multipliedBy(last).plus(setup.terms.deadline());
    this.recorder =
        new RoundRecorder(queue.stats(), last == 0 ? setup.terms.deadline() : wholeTime);
    this.rounds = new RoundTallies(setup);
    this.controller =
        new ScalingController(
            setup.policies.policy(0, List.of()),
            setup.terms,
            setup
                .forecast
                .map(forecast -> Foresight.of(forecast, type -> true))
                .orElseGet(Foresight::none));
    this.interval = nanos(setup.terms.decisionInterval());
    this.end = nanos(setup.longest);
    this.toArrive = setup.rounds.stream().mapToLong(List::size).sum();
  }

  private static long nanos(Duration duration) {
    return duration.toNanos();
  }

  /** Returns the number of steps, for a test of the cost of a run. */
  long steps() {
    return agenda.entered();
  }

  long comparisons() {
    return agenda.comparisons();
  }

  long requests() {
    return requests;
  }

  Simulation.Result run() {
    Subscription unused = queue.onChange(() -> isNews = true);
    setup.changes.forEach(change -> at(nanos(change.at()), () -> change(change)));
    at(0, () -> startRound(0));
    long finished = 0;
    while ((outstanding > 0 || toArrive > 0 || rounds.hasMore()) && !agenda.isEmpty()) {
      long next = agenda.nextTime();
      if (next > end) {
        finished = end;
        moveTo(end);
        break;
      }
      moveTo(next);
      agenda.remove().run();
      finished = next;
    }
    moveTo(finished);
    QueueStats stats = queue.stats();
    sample(stats, controller.decide(stats, timeLeft(), wanted));
    return new Simulation.Result(
        recorder.report(Duration.ofNanos(finished), stats, toArrive),
        samples,
        rounds.told(wanted, now),
        stats.isConserved());
  }

  private void moveTo(long nanos) {
    now = nanos;
    time.advanceTo(Instant.EPOCH.plusNanos(nanos));
  }

  private void at(long when, Step step) {
    agenda.add(when, step);
  }

  private void startRound(int round) {
    if (round > 0) {
      ScalingPolicy policy = setup.policies.policy(round, rounds.told(wanted, now));
      controller = new ScalingController(policy, setup.terms, controller.memory());
    }
    rounds.start(wanted, now);
    arrive(round, 0);
    decideNow();
    take();
    if (round + 1 < setup.rounds.size()) {
      at(now + nanos(setup.every), () -> startRound(round + 1));
    }
  }

  /** Publishes the events that arrive now, and schedules the rest. */
  private void arrive(int round, int first) {
    List<Arrival> arrivals = setup.rounds.get(round);
    long start = rounds.startOf(round);
    int next = first;
    while (next < arrivals.size() && start + nanos(arrivals.get(next).at()) <= now) {
      next++;
    }
    if (next > first) {
      publish(round, arrivals.subList(first, next));
    }
    if (next < arrivals.size()) {
      int rest = next;
      at(
          start + nanos(arrivals.get(next).at()),
          () -> {
            arrive(round, rest);
            if (now - decidedAt >= interval) {
              decideNow();
            }
            take();
          });
    }
  }

  private void publish(int round, List<Arrival> arrivals) {
    PublishReceipt receipt = queue.publish(arrivals.stream().map(Arrival::event).toList());
    Set<String> duplicates = new HashSet<>(receipt.duplicateIds());
    for (Arrival arrival : arrivals) {
      if (duplicates.isEmpty() || !duplicates.contains(arrival.event().id())) {
        rounds.published(round, arrival.event());
      }
    }
    rounds.arrived(round, arrivals.size(), now);
    toArrive -= arrivals.size();
    outstanding += receipt.accepted();
  }

  private void change(Simulation.Change change) {
    rounds.beforeChange(now);
    change.change().accept(queue);
    rounds.afterChange(queue.limitControl().settings().normal());
    take();
  }

  private Duration timeLeft() {
    return setup.terms.deadline().minusNanos(now - rounds.latestStart());
  }

  /** Decides now and again after the interval, unless another decision comes first. */
  private void decideNow() {
    decide();
    decidedAt = now;
    decisions++;
    int number = decisions;
    long wait = outstanding == 0 ? IDLE_INTERVALS * interval : interval;
    at(
        now + wait,
        () -> {
          if (number == decisions) {
            decideNow();
            take();
          }
        });
  }

  private void decide() {
    QueueStats stats = queue.stats();
    if (stats.unfinished() < outstanding) {
      // An event for which no limit has room any more is given up when it is next.
      rounds.gaveUp(outstanding - stats.unfinished(), now);
      outstanding = stats.unfinished();
    }
    ScalingDecision decision = controller.decide(stats, timeLeft(), wanted);
    Duration lease = ScalingController.demandLease(setup.terms.decisionInterval());
    controller.apply(decision, stats, queue.limitControl(), "simulation", lease);
    controller.applyNamed(decision, stats, queue.namedLimitControl(), "simulation", lease);
    want(decision.workers());
    recorder.decided(decision, stats);
    sample(stats, decision);
  }

  private void want(int workers) {
    rounds.workers(wanted, now);
    int more = workers - wanted;
    boolean isFirst = decisions == 0;
    wanted = workers;
    if (more > 0 && !isFirst && !setup.workerStartup.isZero()) {
      starting.addLast(more);
      at(now + nanos(setup.workerStartup), this::started);
    } else if (more >= 0) {
      ready += more;
    } else {
      stop(-more);
    }
  }

  /** Stops workers; cancels those that have not started yet, the latest first. */
  private void stop(int fewer) {
    int left = fewer;
    Deque<Integer> kept = new ArrayDeque<>();
    while (!starting.isEmpty()) {
      int last = starting.removeLast();
      int ended = Math.min(left, last);
      left -= ended;
      kept.addFirst(last - ended);
    }
    starting.addAll(kept);
    ready -= left;
  }

  private void started() {
    ready += starting.removeFirst();
    take();
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
    while (busy < ready && (isNews || now >= askAgainAt)) {
      isNews = false;
      requests++;
      int most = Math.min(Math.min(ready - busy, batch), TakeRequest.MAX_EVENTS);
      TakeResult result =
          queue.take(new TakeRequest("simulation-" + requests, "simulation", most, FOR_EVER));
      if (result instanceof TakeResult.Taken taken) {
        int count = taken.leases().size();
        // The cost of a request grows with its size, so it asks for about the last number.
        batch = count == most ? Math.min(2 * batch, TakeRequest.MAX_EVENTS) : count;
        taken.leases().forEach(this::start);
      }
      askAgainAt =
          Duration.between(Instant.EPOCH, result.askAgainAt(time.now(), FOR_EVER)).toNanos();
    }
    if (busy < ready && askAgainAt != wakeAt && askAgainAt > now) {
      wakeAt = askAgainAt;
      at(askAgainAt, this::take);
    }
  }

  private void start(Lease lease) {
    busy++;
    rounds.attempted(lease.event(), now);
    SimulatedFaults.Fate fate =
        setup.behavior.fate(lease.event(), lease.attempt(), Duration.ofNanos(now));
    AttemptOutcome outcome =
        fate.fails()
            ? processor.failed(
                lease, Failure.of("simulated", "simulated failure of attempt " + lease.attempt()))
            : new AttemptOutcome.Done();
    Duration real = Duration.ofNanos(Math.round(fate.processingTime().toNanos() * setup.realTime));
    at(now + nanos(real), () -> finish(lease, outcome, real));
  }

  private void finish(Lease lease, AttemptOutcome outcome, Duration took) {
    busy--;
    recorder.attemptFinished(lease, outcome, took, outcome.settle(queue, lease));
    if (!(outcome instanceof AttemptOutcome.Retry)) {
      outstanding--;
      rounds.finished(lease.event(), now);
    }
    take();
  }
}
