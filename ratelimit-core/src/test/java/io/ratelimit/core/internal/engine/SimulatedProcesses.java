package io.ratelimit.core.internal.engine;

import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.handler.Failure;
import io.ratelimit.core.handler.RetryPolicy;
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
import io.ratelimit.core.scaling.WorkerRange;
import io.ratelimit.core.simulation.SimulatedFaults;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * Simulates rounds in virtual time whose workers live in processes, like pods: they take time to
 * start, and a polling autoscaler starts and stops them.
 */
final class SimulatedProcesses {

  static final int SLOTS = 5;
  static final int FEWEST = 2;
  static final int MOST = 12;

  private static final Duration FOR_EVER = Duration.ofDays(36_500);
  private static final Duration ROUND = Duration.ofMinutes(3);
  private static final Duration POLL = Duration.ofSeconds(10);
  private static final WorkerRange WORKERS = new WorkerRange(1, MOST * SLOTS);
  private static final EventType TYPE =
      EventType.of("SLOW").withProcessingTime(Duration.ofSeconds(30));

  /** The metric that an autoscaler gets from a manager. */
  interface Autoscaler {
    /** Returns the number of workers to provide processes for. */
    int workers(
        Instant now, ScalingController controller, QueueStats stats, Duration left, int room);
  }

  /**
   * The outcome.
   *
   * @param sizes the number of events of each round
   * @param met the rounds that were done when the next one began
   * @param turns how often the number of processes changed direction
   * @param started the number of processes started beyond the minimum
   * @param processMinutes their total time
   * @param last the number of processes in the end
   */
  record Outcome(
      List<Integer> sizes,
      List<Boolean> met,
      int turns,
      int started,
      long processMinutes,
      int last) {}

  private record Step(Instant at, long order, Runnable action) {}

  private final SplittableRandom random;
  private final int rounds;
  private final int quiet;
  private final Duration quickest;
  private final Duration slowest;
  private final Autoscaler autoscaler;
  private final SimulatedFaults faults;
  private final RoundTerms terms;
  private final VirtualTime time = VirtualTime.atEpoch();
  private final EventQueue queue =
      InMemoryEventQueue.builder(RateLimit.of(40).perMinute()).time(time).build();
  private final EventProcessor processor = EventProcessor.builder().handler(event -> {}).build();
  private final PriorityQueue<Step> ahead =
      new PriorityQueue<>(Comparator.comparing(Step::at).thenComparingLong(Step::order));
  private final List<Integer> sizes = new ArrayList<>();
  private final List<Boolean> met = new ArrayList<>();

  /** The time when each process is ready. */
  private final List<Instant> processes = new ArrayList<>();

  private ScalingMemory memory = ScalingMemory.NONE;
  private long steps;
  private long requests;
  private int workers;
  private int busy;
  private int direction;
  private int turns;
  private int started;
  private long processSeconds;
  private Instant askedAgainAt = Instant.MAX;

  /**
   * @param rounds the number of rounds
   * @param quiet the number of rounds after which nothing more is published
   * @param quickest the shortest start of a process
   * @param slowest the longest start of a process; each time is random
   */
  SimulatedProcesses(
      long seed,
      int rounds,
      int quiet,
      Duration quickest,
      Duration slowest,
      Autoscaler autoscaler) {
    this.random = new SplittableRandom(seed);
    this.rounds = rounds;
    this.quiet = quiet;
    this.quickest = quickest;
    this.slowest = slowest;
    this.autoscaler = autoscaler;
    this.faults = SimulatedFaults.typical(seed);
    this.terms =
        RoundTerms.DEFAULT
            .withWorkers(WORKERS)
            .withEmergencyLimit(RateLimit.of(120).perMinute())
            .withExpectations(faults.expectations(RetryPolicy.DEFAULT))
            .withRetriesOf(RetryPolicy.DEFAULT);
    for (int i = 0; i < FEWEST; i++) {
      processes.add(time.now());
    }
  }

  Outcome run() {
    for (int round = 0; round < rounds; round++) {
      sizes.add(round < quiet ? 60 + random.nextInt(81) : 0);
      int number = round;
      at(Instant.EPOCH.plus(ROUND.multipliedBy(round)), () -> begin(number));
    }
    Instant end = Instant.EPOCH.plus(ROUND.multipliedBy(rounds));
    at(time.now(), this::decide);
    at(time.now().plus(POLL), this::poll);
    while (ahead.peek().at().isBefore(end)) {
      Step step = ahead.remove();
      time.advanceTo(step.at());
      step.action().run();
    }
    met.add(queue.stats().unfinished() == 0);
    return new Outcome(sizes, met, turns, started, processSeconds / 60, processes.size());
  }

  private void at(Instant when, Runnable action) {
    steps++;
    ahead.add(new Step(when, steps, action));
  }

  private void begin(int round) {
    if (round > 0) {
      met.add(queue.stats().unfinished() == 0);
    }
    List<AuditEvent> events = new ArrayList<>();
    for (int i = 0; i < sizes.get(round); i++) {
      events.add(AuditEvent.of(round + "-" + i, TYPE, "wallet"));
    }
    if (!events.isEmpty()) {
      queue.publish(events);
    }
    take();
  }

  private int room() {
    return SLOTS * (int) processes.stream().filter(ready -> !ready.isAfter(time.now())).count();
  }

  private static Duration left(QueueStats stats) {
    return stats.oldestPendingAge().map(ROUND::minus).orElse(ROUND);
  }

  /** Decides like a manager, with the existing slots. */
  private void decide() {
    QueueStats stats = queue.stats();
    int most = Math.max(1, Math.min(WORKERS.max(), Math.max(room(), busy)));
    ScalingController controller =
        new ScalingController(
            ScalingPolicy.standard(), terms.withWorkers(new WorkerRange(1, most)), memory);
    ScalingDecision decision = controller.decide(stats, workers);
    Duration lease = ScalingController.demandLease(terms.decisionInterval());
    controller.apply(decision, stats, queue.limitControl(), "manager", lease);
    memory = controller.memory();
    workers = decision.workers();
    processSeconds += processes.size();
    take();
    at(time.now().plus(terms.decisionInterval()), this::decide);
  }

  private void poll() {
    QueueStats stats = queue.stats();
    ScalingController all = new ScalingController(ScalingPolicy.standard(), terms, memory);
    int wanted = autoscaler.workers(time.now(), all, stats, left(stats), room());
    int target = Math.max(FEWEST, Math.min(MOST, (wanted + SLOTS - 1) / SLOTS));
    int change = Integer.signum(target - processes.size());
    if (change != 0 && direction != 0 && change != direction) {
      turns++;
    }
    direction = change == 0 ? direction : change;
    while (processes.size() < target) {
      long seconds = slowest.minus(quickest).toSeconds();
      Duration startUp = quickest.plusSeconds(seconds == 0 ? 0 : random.nextLong(seconds + 1));
      processes.add(time.now().plus(startUp));
      at(time.now().plus(startUp), this::take);
      started++;
    }
    while (processes.size() > target) {
      processes.remove(processes.size() - 1);
    }
    at(time.now().plus(POLL), this::poll);
  }

  private void take() {
    int most = Math.min(workers, room());
    while (busy < most) {
      requests++;
      int free = Math.min(most - busy, TakeRequest.MAX_EVENTS);
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
    SimulatedFaults.Fate fate = faults.fate(lease.event(), lease.attempt());
    AttemptOutcome outcome =
        fate.fails()
            ? processor.failed(lease, Failure.of("simulated", "simulated"))
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
