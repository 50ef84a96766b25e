package io.ratelimit.testkit.report;

import static io.ratelimit.testkit.report.RoundAssert.assertThatRound;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.core.simulation.Simulation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Assertions hold where they should, and otherwise say what happened. */
class RoundAssertTest {

  private static RoundReport round(int events, Duration deadline) {
    List<AuditEvent> published =
        IntStream.range(0, events)
            .mapToObj(i -> AuditEvent.of("event-" + i, EventType.OPEN_ORDER_DETECTED, "wallet"))
            .toList();
    return Simulation.builder(published, RateLimit.of(20).perMinute())
        .terms(RoundTerms.DEFAULT.withDeadline(deadline))
        .build()
        .run()
        .report();
  }

  private static final RoundReport GOOD = round(10, Duration.ofMinutes(3));
  private static final RoundReport LATE = round(30, Duration.ofMinutes(1));

  private static void assertFails(RoundReport report, Consumer<RoundAssert> check, String says) {
    assertThatThrownBy(() -> check.accept(assertThatRound(report)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(says)
        .hasMessageContaining(report.toString());
  }

  @Test
  void aGoodRoundPassesAll() {
    assertThatRound(GOOD)
        .metDeadline()
        .heldLimit()
        .hasDone(10)
        .hasFailed(0)
        .leftNothing()
        .hasAttempts(10)
        .hasRetries(0)
        .tookAtMost(Duration.ofMinutes(3))
        .wantedAtMostWorkers(10)
        .allowedAtMost(20);
    assertThatRound(LATE).missedDeadline();
  }

  @Test
  void whatIsNotSoIsTold() {
    assertFails(LATE, RoundAssert::metDeadline, "to meet its deadline of PT1M, but it was late by");
    assertFails(LATE, RoundAssert::metDeadline, "the limit was used up");
    assertFails(GOOD, RoundAssert::missedDeadline, "but all was finished after PT");
    assertFails(GOOD, round -> round.hasDone(11), "Expected 11 events done, but there were 10.");
    assertFails(GOOD, round -> round.hasFailed(1), "Expected 1 events failed, but there were 0.");
    assertFails(GOOD, round -> round.hasLeft(1), "Expected 1 events left, but there were 0.");
    assertFails(GOOD, round -> round.hasAttempts(9), "Expected 9 attempts, but there were 10.");
    assertFails(GOOD, round -> round.hasRetries(9), "Expected 9 retries, but there were 0.");
    assertFails(GOOD, round -> round.tookAtMost(Duration.ofSeconds(1)), "but it took PT");
    assertFails(GOOD, round -> round.wantedAtMostWorkers(0), "at most 0 workers, but there were");
    assertFails(GOOD, round -> round.allowedAtMost(19), "at most 19 permits in a window, but 20");
  }

  @Test
  void aLimitThatWasBrokenIsTold() {
    assertFails(
        withLargestWindow(LATE, 21),
        RoundAssert::heldLimit,
        "with at most 20 starts in any PT1M, but there were 21 in one");
  }

  @Test
  void noReportIsNoGoodRound() {
    assertThatThrownBy(() -> assertThatRound(null).metDeadline())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("not to be null");
  }

  private static RoundReport withLargestWindow(RoundReport round, long largest) {
    return new RoundReport(
        round.startedAt(),
        round.elapsed(),
        round.firstStart(),
        round.deadline(),
        round.deadlineMet(),
        round.done(),
        round.failed(),
        round.remaining(),
        round.lost(),
        round.attempts(),
        round.retries(),
        round.released(),
        round.staleLeases(),
        round.limitUtilization(),
        round.workerUtilization(),
        round.mostWorkers(),
        round.sampled(),
        round.waiting(),
        round.processing(),
        Optional.of(largest),
        round.window(),
        round.largestLimit(),
        round.byType(),
        round.decisions(),
        round.notes());
  }
}
