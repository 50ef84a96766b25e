package io.ratelimit.core.internal.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.report.Lateness;
import io.ratelimit.core.report.RoundReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A report's figures, from two readings of the queue. */
class QueueCountersTest {

  private static final Instant END = Instant.EPOCH.plusSeconds(10);
  private static final QueueCounters BEGIN =
      new QueueCounters(Instant.EPOCH, 9, 0, 0, 0, 0, 0, 0, 7, 2);

  /** Five done, two gone. */
  private static final QueueCounters LATER = new QueueCounters(END, 9, 5, 5, 3, 0, 5, 0, 0, 4);

  /** All attempts hang. */
  private static final QueueCounters HUNG = new QueueCounters(END, 9, 5, 5, 0, 0, 0, 0, 7, 2);

  /** Nothing happened. */
  private static final QueueCounters IDLE = new QueueCounters(END, 9, 0, 0, 0, 0, 0, 0, 7, 2);

  /** A queue that was reset. */
  private static final QueueCounters ANEW = new QueueCounters(END, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  private static RoundReport report(QueueCounters end) {
    return new QueueRound(
            Instant.EPOCH,
            Duration.ofMinutes(3),
            BEGIN,
            end,
            AttemptTally.NONE,
            List.of(),
            20,
            Optional.empty(),
            List.of())
        .report();
  }

  @Test
  void eventsThatTheStoreLostAreReported() {
    RoundReport report = report(LATER);

    assertThat(report.lost()).isEqualTo(2);
    assertThat(report.done()).isEqualTo(5);
    assertThat(report.toString().lines())
        .contains("            2 LOST by the queue's store: publish them again");
  }

  @Test
  void permitsThatWentToCallsWithoutAnEventAreReported() {
    RoundReport report = report(LATER);

    assertThat(report.attempts()).isEqualTo(5);
    assertThat(report.notes())
        .filteredOn(note -> note.startsWith("3 permits of the limit went to starts without"))
        .hasSize(1);
    assertThat(report(ANEW).notes()).noneMatch(note -> note.contains("without an event"));
  }

  @Test
  void aStoreThatLostEverythingCountsFromZero() {
    assertThat(report(ANEW).lost()).isZero();
    assertThat(report(ANEW).toString()).doesNotContain("LOST");
  }

  @Test
  void attemptsThatNobodyToldOfDoNotCountAsNoStart() {
    Lateness.Cause cause = report(HUNG).lateness().orElseThrow().cause();

    assertThat(cause).isNotEqualTo(Lateness.Cause.START_HELD);
    assertThat(report(IDLE).lateness().orElseThrow().cause()).isEqualTo(Lateness.Cause.START_HELD);
  }
}
