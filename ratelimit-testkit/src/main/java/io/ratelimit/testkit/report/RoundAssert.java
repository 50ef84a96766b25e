package io.ratelimit.testkit.report;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.report.Lateness;
import io.ratelimit.core.report.RoundReport;
import java.time.Duration;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/**
 * Assertions about a round. A failure says what was expected, what happened, and why if that is
 * known, and shows the whole report.
 *
 * <pre>{@code
 * assertThatRound(engine.runRound()).metDeadline().heldLimit().hasDone(108).leftNothing();
 * }</pre>
 */
public final class RoundAssert extends AbstractAssert<RoundAssert, RoundReport> {

  private RoundAssert(@Nullable RoundReport actual) {
    super(actual, RoundAssert.class);
  }

  /** Begins assertions about a round. */
  public static RoundAssert assertThatRound(@Nullable RoundReport report) {
    return new RoundAssert(report);
  }

  /** Verifies that nothing was left unfinished at the deadline. */
  @CanIgnoreReturnValue
  public RoundAssert metDeadline() {
    return verify(
        report().deadlineMet(),
        "the round to meet its deadline of "
            + report().deadline()
            + ", but "
            + report().lateness().map(RoundAssert::text).orElse("it was late"));
  }

  /** Verifies that something was left unfinished at the deadline. */
  @CanIgnoreReturnValue
  public RoundAssert missedDeadline() {
    return verify(
        !report().deadlineMet(),
        "the round to miss its deadline of "
            + report().deadline()
            + ", but all was finished after "
            + report().elapsed());
  }

  private static String text(Lateness lateness) {
    String late =
        lateness.remaining() > 0
            ? lateness.remaining() + " events were left"
            : "it was late by " + lateness.by();
    return late + ": " + lateness.detail();
  }

  /** Verifies that no window held more starts than the limit allowed. */
  @CanIgnoreReturnValue
  public RoundAssert heldLimit() {
    String expected =
        "the limit to hold, with at most "
            + report().largestLimit()
            + " starts in any "
            + report().window()
            + ", but ";
    return verify(
        report().limitHeld().orElse(false),
        expected
            + report()
                .largestWindow()
                .map(most -> "there were " + most + " in one")
                .orElse("it is not known how many there were"));
  }

  /** Verifies the number of finished events. */
  @CanIgnoreReturnValue
  public RoundAssert hasDone(long events) {
    return verifyCount("events done", events, report().done());
  }

  /** Verifies the number of events that were given up. */
  @CanIgnoreReturnValue
  public RoundAssert hasFailed(long events) {
    return verifyCount("events failed", events, report().failed());
  }

  /** Verifies that no event was left unfinished, and none was lost. */
  @CanIgnoreReturnValue
  public RoundAssert leftNothing() {
    return hasLeft(0).verifyCount("events lost", 0, report().lost());
  }

  /** Verifies the number of unfinished events. */
  @CanIgnoreReturnValue
  public RoundAssert hasLeft(long events) {
    return verifyCount("events left", events, report().remaining());
  }

  /** Verifies the number of attempts. */
  @CanIgnoreReturnValue
  public RoundAssert hasAttempts(long attempts) {
    return verifyCount("attempts", attempts, report().attempts());
  }

  /** Verifies the number of attempts that failed and were to be retried. */
  @CanIgnoreReturnValue
  public RoundAssert hasRetries(long retries) {
    return verifyCount("retries", retries, report().retries());
  }

  /** Verifies that the round took no longer than this. */
  @CanIgnoreReturnValue
  public RoundAssert tookAtMost(Duration time) {
    return verify(
        report().elapsed().compareTo(time) <= 0,
        "the round to take at most " + time + ", but it took " + report().elapsed());
  }

  /** Verifies that no more workers than this were ever wanted. */
  @CanIgnoreReturnValue
  public RoundAssert wantedAtMostWorkers(int workers) {
    return verify(
        report().mostWorkers() <= workers,
        "at most " + workers + " workers, but there were to be " + report().mostWorkers());
  }

  /** Verifies that the limit was never raised above this many permits per window. */
  @CanIgnoreReturnValue
  public RoundAssert allowedAtMost(int permits) {
    return verify(
        report().largestLimit() <= permits,
        "at most "
            + permits
            + " permits in a window, but "
            + report().largestLimit()
            + " were allowed");
  }

  private RoundReport report() {
    isNotNull();
    return actual;
  }

  private RoundAssert verifyCount(String what, long expected, long was) {
    return verify(expected == was, expected + " " + what + ", but there were " + was);
  }

  private RoundAssert verify(boolean holds, String expectedBut) {
    if (!holds) {
      throw failure("Expected %s.%n%n%s", expectedBut, report());
    }
    return this;
  }
}
