package io.ratelimit.core.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.plan.Backlog;
import io.ratelimit.core.plan.Plan;
import io.ratelimit.core.plan.PlanRequest;
import io.ratelimit.core.plan.Planner;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.core.scaling.ScalingPolicy;
import io.ratelimit.core.scaling.WorkerRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.statistics.Statistics;

/** Whole rounds in random situations. */
class SimulationProperties {

  /** Starts are stamped in whole microseconds, each up to one late. */
  private static final Duration STAMPS = Duration.ofNanos(150_000);

  private static final long LONGEST_MILLIS = 20_000;

  /** A round to be simulated or planned. */
  record Situation(
      List<AuditEvent> events,
      RateLimit limit,
      RateLimit emergency,
      Duration deadline,
      int maxWorkers) {

    Simulation.Builder simulation() {
      return Simulation.builder(events, limit)
          .terms(
              RoundTerms.DEFAULT
                  .withDeadline(deadline)
                  .withWorkers(new WorkerRange(1, maxWorkers))
                  .withEmergencyLimit(emergency));
    }

    Situation withDeadline(Duration another) {
      return new Situation(events, limit, emergency, another, maxWorkers);
    }

    PlanRequest request(WorkerRange workers) {
      return new PlanRequest(
          Backlog.ofEvents(events),
          limit,
          RoundTerms.DEFAULT
              .withDeadline(deadline)
              .withWorkers(workers)
              .withEmergencyLimit(emergency));
    }
  }

  @Provide
  Arbitrary<Situation> situations() {
    Arbitrary<EventType> types =
        Combinators.combine(
                Arbitraries.of(Priority.class), Arbitraries.longs().between(100, LONGEST_MILLIS))
            .as(
                (priority, millis) ->
                    new EventType("T" + priority + millis, priority, Duration.ofMillis(millis)));
    Arbitrary<List<EventType>> someTypes = types.list().ofMinSize(1).ofMaxSize(5);
    Arbitrary<List<AuditEvent>> events =
        Combinators.combine(
                someTypes,
                Arbitraries.integers().between(0, 999).list().ofMinSize(1).ofMaxSize(150))
            .as(SimulationProperties::events);
    return Combinators.combine(
            events,
            Arbitraries.integers().between(5, 120),
            Arbitraries.integers().between(1, 4),
            Arbitraries.integers().between(1, 5),
            Arbitraries.longs().between(20, 600),
            Arbitraries.integers().between(1, 30))
        .as(
            (all, permits, burst, factor, deadline, workers) ->
                new Situation(
                    all,
                    RateLimit.of(permits).perMinute().withBurst(burst),
                    RateLimit.of(permits * factor).perMinute().withBurst(burst),
                    Duration.ofSeconds(deadline),
                    workers));
  }

  private static List<AuditEvent> events(List<EventType> types, List<Integer> choices) {
    List<AuditEvent> events = new ArrayList<>();
    for (int choice : choices) {
      EventType type = types.get(choice % types.size());
      events.add(AuditEvent.of("e" + events.size(), type, "w"));
    }
    return events;
  }

  @Property(tries = 1_000)
  void theLimitHoldsAndNothingIsLost(
      @ForAll("situations") Situation situation, @ForAll @IntRange(max = 1_000) int seed) {
    Simulation.Result result =
        situation.simulation().faults(new SimulatedFaults(seed, 0.2, 0.2, 3)).build().run();

    RoundReport report = result.report();
    assertThat(report.largestWindow().orElseThrow())
        .isLessThanOrEqualTo(situation.emergency().permits());
    assertThat(report.largestLimit()).isLessThanOrEqualTo(situation.emergency().permits());
    assertThat(report.limitHeld()).contains(true);
    assertThat(result.conserved()).isTrue();
    assertThat(report.done() + report.failed()).isEqualTo(situation.events().size());
    assertThat(report.attempts()).isEqualTo(report.done() + report.failed() + report.retries());
    assertThat(result.samples())
        .allMatch(s -> s.workers() >= 1 && s.workers() <= situation.maxWorkers());
  }

  @Property(tries = 1_000)
  void whatThePlannerCallsFeasibleMeetsTheDeadline(@ForAll("situations") Situation situation) {
    boolean workersHoldBack = situation.maxWorkers() < situation.events().size();
    Duration planned =
        workersHoldBack ? situation.deadline().minus(spare(situation)) : situation.deadline();
    if (planned.toMillis() < LONGEST_MILLIS) {
      return;
    }
    WorkerRange workers = new WorkerRange(1, situation.maxWorkers());
    Plan plan = Planner.plan(situation.withDeadline(planned).request(workers));

    RoundReport report = situation.simulation().build().run().report();

    if (plan.feasibleAtLimit() || plan.feasibleWithEmergency()) {
      assertThat(report.elapsed())
          .as("%s\n%s", plan, report)
          .isLessThanOrEqualTo(situation.deadline().plus(STAMPS));
    }
  }

  /** The planner knows in which order busy workers meet the events, the policies do not. */
  private static Duration spare(Situation situation) {
    return situation.deadline().dividedBy(10);
  }

  @Property(tries = 1_000)
  void planAndSimulationAgree(@ForAll("situations") Situation situation) {
    int workers = situation.maxWorkers();
    Plan plan = Planner.plan(situation.request(new WorkerRange(workers, workers)));

    RoundReport report =
        Simulation.builder(situation.events(), situation.limit())
            .terms(
                RoundTerms.DEFAULT
                    .withDeadline(situation.deadline())
                    .withWorkers(new WorkerRange(workers, workers)))
            .scalingPolicy(ScalingPolicy.fixed(workers))
            .build()
            .run()
            .report();

    assertThat(report.elapsed()).isEqualTo(plan.finish());
    assertThat(report.deadlineMet()).isEqualTo(plan.feasibleAtLimit());
  }

  /** A round under named limits, each of some windows, by key or for all, at a cost. */
  record Limited(Situation situation, Limits limits) {

    Simulation.Builder simulation() {
      return situation.simulation().limits(limits);
    }

    PlanRequest request(Duration deadline) {
      return new PlanRequest(
          Backlog.ofEvents(situation.events()).withLoads(limits.loads(situation.events())),
          situation.limit(),
          RoundTerms.DEFAULT
              .withDeadline(deadline)
              .withWorkers(new WorkerRange(1, situation.maxWorkers()))
              .withEmergencyLimit(situation.emergency()));
    }
  }

  /** A window that admits at least the heaviest cost. */
  private static Arbitrary<RateLimit> windows(int seconds) {
    return Combinators.combine(
            Arbitraries.integers().between(3, 60), Arbitraries.integers().between(1, 60))
        .as(
            (permits, burst) ->
                RateLimit.of(permits)
                    .per(Duration.ofSeconds(seconds))
                    .withBurst(Math.min(permits, burst)));
  }

  @Provide
  Arbitrary<Limited> limited() {
    Arbitrary<Limits> limits =
        Combinators.combine(
                windows(10),
                windows(60),
                windows(30),
                Arbitraries.integers().between(1, 12),
                Arbitraries.integers().between(1, 3),
                Arbitraries.integers().between(0, 4),
                Arbitraries.integers().between(1, 4))
            .as(
                (ten, sixty, thirty, keys, heaviest, most, raise) -> {
                  Limits.Builder builder =
                      Limits.builder()
                          .limit("address", thirty)
                          .ceiling("address", thirty.withPermits(thirty.permits() * raise))
                          .cost("address", event -> 1 + number(event) % heaviest)
                          .limit("account", event -> "k" + number(event) % keys, ten, sixty);
                  if (most > 0) {
                    builder.maxInFlight("wallet", event -> "w" + number(event) % keys, most);
                  }
                  return builder.build();
                });
    return Combinators.combine(situations(), limits).as(Limited::new);
  }

  private static int number(AuditEvent event) {
    return Integer.parseInt(event.id().substring(1));
  }

  @Property(tries = 1_000)
  void whatThePlannerCallsFeasibleMeetsTheDeadlineUnderNamedLimits(
      @ForAll("limited") Limited limited) {
    Situation situation = limited.situation();
    boolean workersHoldBack = situation.maxWorkers() < situation.events().size();
    Duration planned =
        workersHoldBack ? situation.deadline().minus(spare(situation)) : situation.deadline();
    if (planned.toMillis() < LONGEST_MILLIS) {
      return;
    }
    Plan plan = Planner.plan(limited.request(planned));
    Statistics.label("feasible")
        .collect(plan.feasibleAtLimit() ? "yes" : plan.feasibleWithEmergency() ? "raised" : "no")
        .coverage(
            coverage -> {
              coverage.check("yes").percentage(share -> share > 0);
              coverage.check("raised").percentage(share -> share > 0);
            });
    Statistics.label("binding")
        .collect(plan.binding().map(LimitKey::limit).orElse("none"))
        .coverage(
            coverage -> {
              coverage.check("address").percentage(share -> share > 0);
              coverage.check("account").percentage(share -> share > 0);
            });
    if (plan.feasibleAtLimit() || plan.feasibleWithEmergency()) {
      RoundReport report = limited.simulation().build().run().report();

      assertThat(report.elapsed())
          .as("%s\n%s", plan, report)
          .isLessThanOrEqualTo(situation.deadline().plus(STAMPS));
    }
  }

  @Property(tries = 200)
  void aNamedLimitBindsWhereTheRoundTakesLongerWithIt(@ForAll("limited") Limited limited) {
    Plan plan = Planner.plan(limited.request(limited.situation().deadline()));

    for (Plan.OfLimit limit : plan.limits()) {
      assertThat(limit.finish()).as("%s", plan).isLessThanOrEqualTo(plan.finish());
    }
    assertThat(plan.limits().stream().filter(Plan.OfLimit::binds).count()).isLessThanOrEqualTo(1);
  }

  @Property(tries = 50)
  void theSameSetupGivesTheSameResult(@ForAll("situations") Situation situation) {
    Simulation simulation = situation.simulation().faults(SimulatedFaults.typical(3)).build();

    assertThat(simulation.run()).isEqualTo(simulation.run());
  }
}
