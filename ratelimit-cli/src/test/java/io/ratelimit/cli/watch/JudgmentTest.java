package io.ratelimit.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.report.Lateness;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import io.ratelimit.core.scaling.ScalingDecision.Reason;
import io.ratelimit.core.scaling.WorkerRange;
import io.ratelimit.temporal.manager.ManagerEnd;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JudgmentTest {

  private static final RateLimit LIMIT = RateLimit.of(20).perMinute();
  private static final Instant NOW = Instant.parse("2026-01-01T00:10:00Z");

  /** A manager's status, of which a test changes what it is about. */
  private record Manager(
      ManagerStatus.State state,
      Optional<ManagerStatus.Unreachable> unreachable,
      int active,
      int waiting,
      Optional<Integer> slots,
      Optional<ScalingDecision> decision) {

    static Manager with(ScalingDecision decision) {
      return new Manager(
          ManagerStatus.State.NORMAL,
          Optional.empty(),
          4,
          0,
          Optional.of(10),
          Optional.of(decision));
    }

    Manager withSlots(int newActive, int newWaiting, Optional<Integer> newSlots) {
      return new Manager(state, unreachable, newActive, newWaiting, newSlots, decision);
    }

    Manager in(ManagerStatus.State newState) {
      return new Manager(newState, unreachable, active, waiting, slots, decision);
    }

    Manager without(String queueError) {
      return new Manager(
          ManagerStatus.State.UNREACHABLE,
          Optional.of(new ManagerStatus.Unreachable(NOW, queueError)),
          active,
          waiting,
          slots,
          decision);
    }

    ManagerSeen seen() {
      return new ManagerSeen.Answering(
          "audit-1",
          new ManagerStatus(
              Optional.empty(),
              state,
              ManagerOptions.Mode.ROUND,
              Optional.empty(),
              Optional.empty(),
              unreachable,
              new WorkerRange(1, 10),
              4,
              active,
              waiting,
              slots,
              Optional.empty(),
              Optional.empty(),
              decision,
              List.of(),
              Optional.of(Duration.ofSeconds(5)),
              new ManagerStatus.Counts(0, 0, 0, 0, 0, 0),
              List.of(),
              0,
              Optional.empty(),
              Optional.empty()));
    }
  }

  private static ScalingDecision decision(
      Instant at, Mode mode, Reason reason, int secondsNeeded, int secondsLeft) {
    return new ScalingDecision(
        at,
        4,
        LIMIT,
        mode,
        Constraint.RATE,
        reason,
        4,
        4,
        Duration.ofSeconds(secondsNeeded),
        Duration.ofSeconds(secondsLeft),
        0.97,
        Optional.empty());
  }

  private static ScalingDecision goodDecision() {
    return decision(NOW, Mode.NORMAL, Reason.ENOUGH_FOR_DEADLINE, 168, 180);
  }

  private static QueueFacts queue(long pending, long leased, long done, long failed) {
    return new QueueFacts(
        NOW,
        pending,
        0,
        leased,
        done,
        failed,
        true,
        false,
        Optional.empty(),
        LIMIT,
        Optional.empty(),
        Optional.empty());
  }

  private static QueueFacts held(
      QueueFacts queue, boolean paused, Optional<Duration> next, Optional<Duration> unstarted) {
    return new QueueFacts(
        queue.observedAt(),
        queue.pending(),
        queue.delayed(),
        queue.leased(),
        queue.done(),
        queue.failed(),
        queue.conserved(),
        paused,
        Optional.empty(),
        queue.limit(),
        next,
        unstarted);
  }

  private static Freshness read(Duration ago, Optional<String> error) {
    return new Freshness(Optional.of(NOW), ago, error, Duration.ofSeconds(5));
  }

  private static Condition live(QueueFacts queue, ManagerSeen manager) {
    return Judgment.of(read(Duration.ofSeconds(1), Optional.empty()), Optional.of(queue), manager);
  }

  private static ManagerSeen ended(String how, Optional<ManagerEnd> end) {
    return new ManagerSeen.Ended("audit-1", how, NOW, end, Optional.of("somebody said so"));
  }

  private static ManagerEnd end(
      boolean stopped, long done, long failed, long remaining, Optional<Lateness> lateness) {
    return new ManagerEnd(
        ManagerOptions.Mode.ROUND,
        stopped,
        Duration.ofSeconds(168),
        Duration.ofSeconds(180),
        done,
        failed,
        remaining,
        0,
        Optional.of(true),
        lateness);
  }

  @Test
  void aDeadlineIsMetUnsureOrMissed() {
    assertThat(live(queue(10, 2, 0, 0), Manager.with(goodDecision()).seen()))
        .isInstanceOf(Condition.OnTime.class)
        .returns(
            new Verdict(
                Verdict.Level.GOOD,
                "Will make its deadline: 12 s to spare",
                "The rate limit is the bottleneck: more workers would only wait."),
            Condition::verdict);
    ScalingDecision unsure = decision(NOW, Mode.NORMAL, Reason.DEADLINE_UNSURE, 182, 180);
    assertThat(live(queue(10, 2, 0, 0), Manager.with(unsure).seen()).verdict())
        .returns(Verdict.Level.WARNING, Verdict::level)
        .returns("May miss its deadline: met with 97.0 %", Verdict::headline);
    ScalingDecision late = decision(NOW, Mode.NORMAL, Reason.DEADLINE_OUT_OF_REACH, 200, 180);
    assertThat(live(queue(10, 2, 0, 0), Manager.with(late).seen()).verdict())
        .returns(Verdict.Level.BAD, Verdict::level)
        .returns("Won’t make its deadline: 20 s short", Verdict::headline);
    ScalingDecision raised = decision(NOW, Mode.EMERGENCY, Reason.DEADLINE_IN_DANGER, 100, 180);
    assertThat(live(queue(10, 2, 0, 0), Manager.with(raised).seen()).verdict().level())
        .isEqualTo(Verdict.Level.WARNING);
  }

  /** The deadline came since the decision. */
  @Test
  void whatIsLeftAfterTheDeadlineIsLate() {
    ScalingDecision before =
        decision(NOW.minusSeconds(6), Mode.NORMAL, Reason.ENOUGH_FOR_DEADLINE, 4, 5);

    assertThat(live(queue(3, 1, 0, 0), Manager.with(before).seen()))
        .isInstanceOf(Condition.Late.class)
        .returns("Is past its deadline: 1 s late when all is done", c -> c.verdict().headline());
  }

  @Test
  void aQueueThatHangsIsNotLiveAndNotGood() {
    ManagerSeen fine = Manager.with(goodDecision()).seen();
    Condition hung =
        Judgment.of(
            read(Duration.ofSeconds(25), Optional.empty()), Optional.of(queue(10, 2, 0, 0)), fine);

    assertThat(hung)
        .isInstanceOf(Condition.Stale.class)
        .returns(Verdict.Level.BAD, c -> c.verdict().level())
        .returns(
            "What is known is 25 s old: Will make its deadline: 12 s to spare.",
            c -> c.verdict().detail());
    assertThat(
            Judgment.of(
                read(Duration.ofSeconds(1), Optional.of("no route")),
                Optional.of(queue(10, 2, 0, 0)),
                fine))
        .isInstanceOf(Condition.Unreachable.class)
        .returns(Condition.State.UNREACHABLE, Condition::state);
    assertThat(
            Judgment.of(
                new Freshness(
                    Optional.empty(), Duration.ZERO, Optional.empty(), Duration.ofSeconds(5)),
                Optional.empty(),
                fine))
        .isInstanceOf(Condition.Unread.class);
  }

  @Test
  void failedEventsAreSaidWhereNothingWaits() {
    assertThat(live(queue(0, 0, 0, 338), new ManagerSeen.None()).verdict())
        .returns(Verdict.Level.BAD, Verdict::level)
        .returns("All 338 events failed", Verdict::headline);
    assertThat(live(queue(0, 0, 5, 1), new ManagerSeen.None()).verdict())
        .returns(Verdict.Level.WARNING, Verdict::level)
        .returns("Nothing to do, but 1 event failed", Verdict::headline);
    assertThat(live(queue(0, 0, 5, 0), new ManagerSeen.None()).verdict().headline())
        .isEqualTo("Nothing to do");
  }

  @Test
  void aRoundThatEndedSaysHow() {
    assertThat(
            live(
                    queue(0, 0, 108, 0),
                    ended("COMPLETED", Optional.of(end(false, 108, 0, 0, Optional.empty()))))
                .verdict())
        .returns(Verdict.Level.GOOD, Verdict::level)
        .returns("Met its deadline: 12 s to spare", Verdict::headline)
        .returns("108 done, 0 failed in 168 s; ended at 2026-01-01T00:10:00Z.", Verdict::detail);
    Lateness late =
        new Lateness(462, Duration.ZERO, Lateness.Cause.START_HELD, "nothing was started");
    assertThat(
            live(
                    queue(462, 0, 0, 0),
                    ended("COMPLETED", Optional.of(end(false, 0, 0, 462, Optional.of(late)))))
                .verdict())
        .returns(Verdict.Level.BAD, Verdict::level)
        .returns("Missed its deadline: 462 events left", Verdict::headline)
        .returns(
            "Nothing was started. 0 done, 0 failed, 462 left in 168 s; ended at"
                + " 2026-01-01T00:10:00Z.",
            Verdict::detail);
    assertThat(
            live(
                    queue(7, 0, 1, 0),
                    ended("COMPLETED", Optional.of(end(true, 1, 0, 7, Optional.empty()))))
                .verdict())
        .returns(Verdict.Level.NEUTRAL, Verdict::level)
        .returns("Was stopped with 7 events left", Verdict::headline);
    assertThat(
            live(
                    queue(0, 0, 0, 3),
                    ended("COMPLETED", Optional.of(end(false, 0, 3, 0, Optional.empty()))))
                .verdict())
        .returns(Verdict.Level.BAD, Verdict::level)
        .returns("Met its deadline, but all 3 events failed", Verdict::headline);
  }

  @ParameterizedTest
  @CsvSource({
    "CANCELED, CANCELED",
    "TERMINATED, TERMINATED",
    "FAILED, BROKEN",
    "TIMED_OUT, BROKEN",
    "COMPLETED, ENDED"
  })
  void aManagerWithoutAReportIsSaidToHaveNone(String how, Condition.State state) {
    Condition condition = live(queue(7, 0, 0, 0), ended(how, Optional.empty()));

    assertThat(condition.state()).isEqualTo(state);
    assertThat(condition.verdict().level()).isNotEqualTo(Verdict.Level.GOOD);
  }

  /** An audit after the round. */
  @Test
  void workThatCameAfterTheRoundHasNoManager() {
    ManagerSeen met = ended("COMPLETED", Optional.of(end(false, 108, 0, 0, Optional.empty())));

    assertThat(live(queue(12, 0, 108, 0), met))
        .isInstanceOf(Condition.Unmanaged.class)
        .returns("No manager runs", c -> c.verdict().headline());
  }

  @Test
  void whoDoesNotAnswerIsNotTakenAtItsLastWord() {
    QueueFacts work = queue(10, 0, 0, 0);

    assertThat(live(work, new ManagerSeen.Silent("m", "no worker")).state())
        .isEqualTo(Condition.State.SILENT);
    assertThat(live(work, new ManagerSeen.Away("m", "no server")).state())
        .isEqualTo(Condition.State.AWAY);
    assertThat(live(work, new ManagerSeen.Unknown("m", "no such")).state())
        .isEqualTo(Condition.State.UNKNOWN);
    assertThat(live(work, Manager.with(goodDecision()).without("no route").seen()).state())
        .isEqualTo(Condition.State.BLIND);
    ScalingDecision old =
        decision(NOW.minusSeconds(60), Mode.NORMAL, Reason.ENOUGH_FOR_DEADLINE, 10, 600);
    assertThat(live(work, Manager.with(old).seen()).state()).isEqualTo(Condition.State.UNDECIDED);
    assertThat(
            live(work, Manager.with(goodDecision()).in(ManagerStatus.State.STOPPING).seen())
                .state())
        .isEqualTo(Condition.State.STOPPING);
  }

  @Test
  void withoutWorkersNoProjectionIsGood() {
    QueueFacts work = queue(10, 0, 0, 0);
    Manager manager = Manager.with(goodDecision());

    assertThat(live(work, manager.withSlots(4, 0, Optional.empty()).seen()).state())
        .isEqualTo(Condition.State.STARTING);
    assertThat(live(work, manager.withSlots(0, 4, Optional.empty()).seen()).state())
        .isEqualTo(Condition.State.NO_WORKERS);
    assertThat(live(work, manager.withSlots(0, 0, Optional.of(0)).seen()).state())
        .isEqualTo(Condition.State.NO_WORKERS);
    assertThat(
            live(
                    held(work, false, Optional.empty(), Optional.of(Duration.ofSeconds(40))),
                    manager.seen())
                .verdict())
        .returns(Verdict.Level.BAD, Verdict::level)
        .returns("Nobody is working on the queue", Verdict::headline);
    assertThat(
            live(
                    held(work, false, Optional.empty(), Optional.of(Duration.ofSeconds(40))),
                    new ManagerSeen.None())
                .state())
        .isEqualTo(Condition.State.UNWORKED);
  }

  @Test
  void whatHoldsStartsBackIsSaid() {
    QueueFacts full =
        held(queue(10, 0, 0, 0), false, Optional.of(Duration.ofSeconds(57)), Optional.empty());

    assertThat(live(full, Manager.with(goodDecision()).seen()).verdict().detail())
        .startsWith("Nothing starts for 57 s. The rate limit is the bottleneck");
    assertThat(
            live(
                    held(full, true, Optional.empty(), Optional.empty()),
                    Manager.with(goodDecision()).seen())
                .verdict())
        .returns(Verdict.Level.WARNING, Verdict::level)
        .returns("Nothing starts until it is resumed.", Verdict::detail);
  }

  @Test
  void aDecisionForEventsThatAreStillToComeSaysSo() {
    ScalingDecision provides = decision(NOW, Mode.EMERGENCY, Reason.ARRIVALS_FORECAST, 100, 120);
    QueueFacts queue = queue(10, 0, 0, 0);

    assertThat(Projection.of(provides, queue).detail())
        .contains("Events that are forecast to come are provided for");
    assertThat(Projection.of(goodDecision(), queue).detail()).doesNotContain("forecast");
  }
}
