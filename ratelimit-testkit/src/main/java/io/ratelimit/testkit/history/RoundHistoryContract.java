package io.ratelimit.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.history.HistoryPage;
import io.ratelimit.core.history.HistoryQuery;
import io.ratelimit.core.history.RoundHistory;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.report.Spread;
import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests what every {@link RoundHistory} must do. Subclass it for an implementation. */
public abstract class RoundHistoryContract {

  private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678901Z");
  private static final Duration BETWEEN = Duration.ofMinutes(3);
  private static final long ROOM = 8L << 20;
  private static final long LITTLE_ROOM = 4L * RoundRecord.MAX_BYTES;

  /** Creates the contract. */
  protected RoundHistoryContract() {}

  /**
   * Returns a new, empty history.
   *
   * @param mostBytes the most bytes that it may keep
   */
  protected abstract RoundHistory createHistory(long mostBytes);

  /** Returns a round; a higher number is a later round. */
  protected static RoundRecord round(int number) {
    return round("round-" + number, AT.plus(BETWEEN.multipliedBy(number)), "");
  }

  private static RoundRecord round(String id, Instant endedAt, String note) {
    return SampleRound.ended(id, endedAt)
        .missed("1.5 s late: \"the limit\" \\ was used up,\n\u2264 \ud83d\ude00")
        .counts(new RoundRecord.Counts(100, 8, 104, 2, 2, 0, 112, 4))
        .arrivals(5L, 0L, 3L)
        .types(
            new RoundRecord.OfType(
                "AUDIT",
                Optional.of(100L),
                Optional.of(List.of(8L)),
                112,
                104,
                2,
                4,
                Optional.of(Spread.of(Duration.ofMillis(1_500)))),
            new RoundRecord.OfType(
                "OTHER", Optional.of(1L), Optional.empty(), 0, 0, 0, 0, Optional.empty()))
        .sample(
            new RoundRecord.Sample(
                112,
                Optional.of(Spread.NONE),
                Optional.empty(),
                Optional.of(List.of(new RoundRecord.OfWallet("wallet", 7, 3)))))
        .limit(
            new RoundRecord.LimitUse(
                Optional.of(RateLimit.of(20).perMinute()),
                List.of(
                    new RoundRecord.InForce(
                        endedAt.minusSeconds(1), RateLimit.of(60).perMinute(), Mode.EMERGENCY)),
                Optional.of(60L),
                Optional.of(40L)))
        .workers(new RoundRecord.Workers(4, 3.25, 9.5))
        .bound(Map.of(Constraint.RATE, 0.75, Constraint.WORK, 0.25))
        .notes(note.isEmpty() ? List.of() : Collections.nCopies(RoundRecord.MOST_NOTES, note))
        .build();
  }

  private static List<RoundRecord> rounds(int first, int beyond) {
    return IntStream.range(first, beyond).mapToObj(RoundHistoryContract::round).toList();
  }

  private static List<RoundRecord> newestFirst(List<RoundRecord> rounds) {
    List<RoundRecord> reversed = new ArrayList<>(rounds);
    Collections.reverse(reversed);
    return reversed;
  }

  /** Reads all pages. */
  private static List<RoundRecord> all(RoundHistory history, HistoryQuery first) {
    List<RoundRecord> all = new ArrayList<>();
    Optional<HistoryQuery> next = Optional.of(first);
    while (next.isPresent()) {
      HistoryPage page = history.read(next.get());
      assertThat(page.rounds()).hasSizeLessThanOrEqualTo(first.max());
      assertThat(page.unreadable()).isZero();
      all.addAll(page.rounds());
      next = page.next();
    }
    return all;
  }

  /** A history that was never written to is empty. */
  @Test
  protected void isEmptyAtFirst() {
    assertThat(createHistory(ROOM).read(HistoryQuery.newest(10))).isEqualTo(HistoryPage.EMPTY);
  }

  /** Returns rounds as they were appended, newest first, in whatever order they arrived. */
  @Test
  protected void returnsWhatItKeptNewestFirst() {
    RoundHistory history = createHistory(ROOM);
    List<RoundRecord> rounds = rounds(0, 20);
    List<RoundRecord> mixed = new ArrayList<>(rounds);
    Collections.shuffle(mixed, new Random(1));
    mixed.forEach(history::append);

    assertThat(history.read(HistoryQuery.newest(20)))
        .isEqualTo(new HistoryPage(newestFirst(rounds), Optional.empty(), 0));
    assertThat(history.read(HistoryQuery.newest(3)).rounds())
        .isEqualTo(newestFirst(rounds).subList(0, 3));
  }

  /** Pages contain each round exactly once, even if several ended at the same time. */
  @Test
  protected void pagesLeadPastEachRoundOnce() {
    RoundHistory history = createHistory(ROOM);
    List<RoundRecord> rounds = new ArrayList<>();
    for (int number = 0; number < 30; number++) {
      rounds.add(round("id-" + (char) ('a' + number % 10), AT, ""));
      rounds.add(round("id-" + number, AT.plusSeconds(number / 7), ""));
    }
    rounds.forEach(history::append);
    List<RoundRecord> once = rounds.stream().distinct().toList();

    for (int max : List.of(1, 3, 7, 1_000)) {
      List<RoundRecord> all = all(history, HistoryQuery.newest(max));
      assertThat(all).hasSameSizeAs(once).containsAll(once);
      assertThat(all.stream().map(HistoryQuery.Place::of).toList())
          .isSortedAccordingTo(Collections.reverseOrder());
    }
  }

  /** Rounds that are appended in the meantime do not shift the pages. */
  @Test
  protected void pagesGoOnWhereTheyWere() {
    RoundHistory history = createHistory(ROOM);
    rounds(0, 10).forEach(history::append);
    HistoryPage first = history.read(HistoryQuery.newest(4));
    rounds(10, 15).forEach(history::append);

    assertThat(all(history, first.next().orElseThrow())).isEqualTo(newestFirst(rounds(0, 6)));
  }

  /** A query since a moment includes that moment. */
  @Test
  protected void returnsWhatEndedSinceAMoment() {
    RoundHistory history = createHistory(ROOM);
    rounds(0, 10).forEach(history::append);
    Instant sixth = round(6).endedAt();

    assertThat(all(history, HistoryQuery.newest(2).since(sixth)))
        .isEqualTo(newestFirst(rounds(6, 10)));
    assertThat(all(history, HistoryQuery.newest(2).since(sixth.plusNanos(1))))
        .isEqualTo(newestFirst(rounds(7, 10)));
    assertThat(history.since(sixth, 3).rounds()).isEqualTo(newestFirst(rounds(7, 10)));
    assertThat(history.since(Instant.MIN, 100).rounds()).isEqualTo(newestFirst(rounds(0, 10)));
    assertThat(history.since(Instant.MAX, 100).rounds()).isEmpty();
  }

  /** A record replaces the one with the same id. */
  @Test
  protected void replacesTheRecordOfAnId() {
    RoundHistory history = createHistory(ROOM);
    rounds(0, 3).forEach(history::append);
    RoundRecord again = round("round-1", AT.plus(Duration.ofDays(1)), "again");
    history.append(again);
    history.append(again);

    assertThat(all(history, HistoryQuery.newest(2))).containsExactly(again, round(2), round(0));
  }

  /** The oldest rounds are dropped, so the history never exceeds its bytes. */
  @Test
  protected void isBoundedInBytes() {
    RoundHistory history = createHistory(LITTLE_ROOM);
    List<RoundRecord> rounds =
        IntStream.range(0, 300)
            .mapToObj(n -> round("round-" + n, AT.plusSeconds(n), "\u2264".repeat(200)))
            .toList();
    rounds.forEach(history::append);

    List<RoundRecord> kept = all(history, HistoryQuery.newest(100));
    long bytes = kept.stream().mapToLong(round -> round.toJson().length()).sum();
    assertThat(bytes).isBetween(LITTLE_ROOM / 4, LITTLE_ROOM);
    assertThat(kept).isEqualTo(newestFirst(rounds).subList(0, kept.size()));
  }

  /** Replaced records free their room. */
  @Test
  protected void doesNotFillUpWithWhatItReplaced() {
    RoundHistory history = createHistory(LITTLE_ROOM);
    history.append(round(0));
    for (int again = 0; again < 300; again++) {
      history.append(round("again", AT.plusSeconds(1_000 + again), "\u2264".repeat(200)));
    }

    assertThat(all(history, HistoryQuery.newest(10)).get(0).endedAt())
        .isEqualTo(AT.plusSeconds(1_299));
  }

  /** Concurrent appends lose nothing. */
  @Test
  protected void keepsWhatSeveralThreadsAppend() throws InterruptedException, ExecutionException {
    RoundHistory history = createHistory(ROOM);
    List<FutureTask<Void>> tasks = new ArrayList<>();
    for (int thread = 0; thread < 4; thread++) {
      int first = 100 * thread;
      tasks.add(new FutureTask<>(() -> rounds(first, first + 25).forEach(history::append), null));
    }
    tasks.forEach(task -> new Thread(task).start());
    for (FutureTask<Void> task : tasks) {
      task.get();
    }

    assertThat(all(history, HistoryQuery.newest(30))).hasSize(100).doesNotHaveDuplicates();
  }

  /** An interrupted thread still appends its round, and stays interrupted. */
  @Test
  protected void keepsARoundOfAnInterruptedThread() {
    RoundHistory history = createHistory(ROOM);
    Thread.currentThread().interrupt();
    history.append(round(1));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(all(history, HistoryQuery.newest(1))).containsExactly(round(1));
  }
}
