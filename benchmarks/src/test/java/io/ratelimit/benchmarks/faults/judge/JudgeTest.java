package io.ratelimit.benchmarks.faults.judge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JudgeTest {

  private static final long SECOND = Stamps.PER_SECOND;
  private static final long WINDOW = 2 * SECOND;
  private static final int PERMITS = 2;
  private static final Span FAULT = new Span(10 * SECOND, 20 * SECOND);
  private static final long END = 60 * SECOND;

  /**
   * The journal of a process that handles one event per second, with two permits per two seconds.
   */
  private final List<Entry> entries = new ArrayList<>();

  private Set<Allowance> allowances = Set.of();
  private List<Rule> rules = List.of();
  private List<Bound> bounds = List.of();
  private boolean worksMeanwhile = false;
  private Books books = books(0, 0);

  private static Books books(long published, long done) {
    return new Books(published, 0, 0, 0, done, 0, 0, 0, Map.of());
  }

  private void event(String id, long at) {
    entries.add(new Entry.Published(at, id));
    entries.add(new Entry.Started(at, id, at));
    entries.add(new Entry.Ended(at, id, "done", true));
  }

  private void work(long from, long to) {
    for (long at = from; at < to; at += SECOND) {
      event("event-" + at, at);
    }
    count();
  }

  private void count() {
    long published = entries.stream().filter(Entry.Published.class::isInstance).count();
    books = books(published, published);
  }

  private Verdict verdict() {
    return Judge.judge(
        new Evidence(
            List.of(new Journal("one", entries)),
            Set.of("one"),
            WINDOW,
            PERMITS,
            rules,
            bounds,
            FAULT,
            FAULT.end(),
            END,
            worksMeanwhile,
            books,
            allowances));
  }

  private static long seconds(double seconds) {
    return Math.round(seconds * SECOND);
  }

  @Test
  void allIsWell() {
    work(0, END);
    Verdict verdict = verdict();
    assertThat(verdict.violations()).isEmpty();
    assertThat(verdict.fullestWindow()).isEqualTo(PERMITS);
    assertThat(verdict.firstStartMicros()).hasValue(0);
    assertThat(verdict.health()).isEqualTo("UP");
  }

  @Test
  void aWindowIsOver() {
    work(0, END);
    event("one-more", seconds(30.5));
    count();
    assertThat(verdict().violations())
        .contains("3 starts in a window of 2, by the stamps of Redis");
  }

  @Test
  void whereTheClockOfRedisIsWrongTheHandlersAreBelieved() {
    work(0, END);
    entries.replaceAll(
        entry ->
            entry instanceof Entry.Started start
                ? new Entry.Started(start.at(), start.id(), 0)
                : entry);
    assertThat(verdict().violations())
        .contains("60 starts in a window of 2, by the stamps of Redis");
    allowances = Set.of(Allowance.CLOCK_WRONG);
    assertThat(verdict().violations()).isEmpty();
    event("burst-1", seconds(30.4));
    event("burst-2", seconds(30.5));
    event("burst-3", seconds(30.6));
    count();
    assertThat(verdict().violations())
        .containsExactly("5 starts in a window of 2, by the stamps of the handlers");
  }

  @Test
  void aStampThatHidesABurstIsSeen() {
    work(0, 20 * SECOND);
    for (int n = 0; n < 5; n++) {
      String id = "burst-" + n;
      entries.add(new Entry.Published(seconds(29), id));
      entries.add(new Entry.Started(seconds(30), id, seconds(30 + n)));
      entries.add(new Entry.Ended(seconds(30), id, "done", true));
    }
    count();
    assertThat(verdict().violations()).contains("4 starts were stamped later than they happened");
  }

  @Test
  void aHigherLimitCountsWhileItCanBeInForce() {
    work(0, END);
    entries.add(new Entry.LimitAsked(seconds(30.1), 4));
    event("more-1", seconds(30.5));
    event("more-2", seconds(31.5));
    count();
    assertThat(verdict().violations()).isEmpty();
    entries.add(new Entry.LimitChanged(seconds(30.2), 4));
    entries.add(new Entry.LimitAsked(seconds(30.8), 2));
    entries.add(new Entry.LimitChanged(seconds(30.9), 2));
    assertThat(verdict().violations()).anyMatch(text -> text.contains("starts in a window of 2"));
  }

  @Test
  void aLimitThatRedisForgotIsTheOneBefore() {
    entries.add(new Entry.LimitAsked(seconds(1), 4));
    entries.add(new Entry.LimitChanged(seconds(2), 4));
    entries.add(new Entry.LimitAsked(seconds(9.1), 2));
    entries.add(new Entry.LimitChanged(seconds(9.2), 2));
    work(0, END);
    event("more-1", seconds(25.5));
    event("more-2", seconds(26.5));
    count();
    assertThat(verdict().violations()).isNotEmpty();
    allowances = Set.of(Allowance.LIMIT_LOST);
    assertThat(verdict().violations()).isEmpty();
  }

  @Test
  void anEventIsLost() {
    work(0, END);
    entries.add(new Entry.Published(seconds(5), "lost"));
    assertThat(verdict().violations())
        .contains("1 events were lost", "61 events were accepted, and only 60 counted");
    allowances = Set.of(Allowance.EVENTS_LOST);
    assertThat(verdict().violations()).isEmpty();
    assertThat(verdict().lost()).isEqualTo(1);
    allowances = Set.of(Allowance.EVENTS_SEEN_LOST);
    assertThat(verdict().violations()).containsExactly("1 events were lost, and only 0 told");
    books = books(61, 60);
    entries.add(new Entry.Missing(END, 1));
    assertThat(verdict().violations()).isEmpty();
    assertThat(verdict().toldLost()).isEqualTo(1);
  }

  @Test
  void whatAKilledProcessMayHaveFinishedIsNotLost() {
    work(0, END);
    entries.add(new Entry.Published(seconds(5), "in hand"));
    entries.add(new Entry.Started(seconds(59.5), "in hand", seconds(59.5)));
    books = books(61, 61);
    allowances = Set.of(Allowance.CLOCK_WRONG);
    assertThat(verdict().violations()).isEmpty();
  }

  @Test
  void anEventIsCountedTwice() {
    work(0, END);
    entries.add(new Entry.Ended(seconds(30), "event-0", "done", true));
    assertThat(verdict().violations()).containsExactly("1 events were counted twice");
  }

  @Test
  void eachKeyOfALimitIsJudged() {
    rules = List.of(new Rule("account", 10 * SECOND, 5, 2));
    for (int n = 0; n < 60; n++) {
      event("process-" + n, n * SECOND);
    }
    count();
    assertThat(verdict().violations()).isEmpty();

    rules = List.of(new Rule("account", 10 * SECOND, 4, 2));
    assertThat(verdict().violations())
        .hasSize(4)
        .contains(
            "5 starts of key 1 in a window of 4 of the limit account, by the stamps of Redis",
            "5 starts of key 0 in a window of 4 of the limit account, by the stamps of the handlers");
  }

  private void attempt(String id, double from, double handled) {
    entries.add(new Entry.Published(seconds(from), id));
    entries.add(new Entry.Started(seconds(from), id, seconds(from)));
    entries.add(new Entry.Handled(seconds(handled), id));
    entries.add(new Entry.Ended(seconds(handled + 0.1), id, "done", true));
  }

  @Test
  void attemptsOfAKeyAtOnceAreCounted() {
    bounds = List.of(new Bound("account", 1, 2, 3 * SECOND));
    work(0, END);
    assertThat(verdict().violations()).isEmpty();

    attempt("process-101", 30.1, 30.5);
    attempt("process-103", 30.5, 30.6);
    attempt("process-102", 30.2, 30.4);
    count();
    assertThat(verdict().violations())
        .as("one after the other, and of another key")
        .noneMatch(text -> text.contains("at once"));
    attempt("process-105", 30.3, 30.4);
    count();
    assertThat(verdict().violations())
        .contains("2 attempts of key 1 at once, and the limit account admits 1");
  }

  @Test
  void anAttemptWithoutAnEndIsInFlightUntilItsLeaseEnds() {
    bounds = List.of(new Bound("account", 1, 2, 3 * SECOND));
    entries.add(new Entry.Started(seconds(30), "process-1", seconds(30)));
    attempt("process-3", 33, 33.5);
    assertThat(verdict().violations()).noneMatch(text -> text.contains("at once"));
    attempt("process-5", 32.9, 33);
    assertThat(verdict().violations())
        .contains("2 attempts of key 1 at once, and the limit account admits 1");
  }

  @Test
  void ofAttemptsThatAFaultMadeUnknownNobodyKnowsThatTheyAreInFlight() {
    bounds = List.of(new Bound("account", 1, 2, 3 * SECOND));
    attempt("process-1", 9, 11);
    attempt("process-3", 10.5, 11);
    assertThat(verdict().violations()).anyMatch(text -> text.contains("at once"));
    allowances = Set.of(Allowance.ATTEMPTS_FORGOTTEN);
    assertThat(verdict().violations()).noneMatch(text -> text.contains("at once"));
    attempt("process-5", 22, 23);
    attempt("process-7", 22.5, 23);
    assertThat(verdict().violations()).anyMatch(text -> text.contains("at once"));
  }

  @Test
  void theBooksDoNotBalance() {
    work(0, END);
    books = new Books(60, 1, 0, 0, 60, 0, 0, 2, Map.of());
    assertThat(verdict().violations())
        .contains(
            "published 60, and there are 1 unfinished + 60 done + 0 failed + 0 discarded",
            "2 records of 1 unfinished events",
            "1 events were left, and nobody finished them");
  }

  @Test
  void workDoesNotGoOn() {
    work(0, 10 * SECOND);
    assertThat(verdict().violations()).contains("one started nothing any more");
    assertThat(verdict().firstStartMicros()).isEmpty();
    work(55 * SECOND, END);
    assertThat(verdict().violations()).contains("one started nothing for 35 s");
  }

  @Test
  void aSilentStandstillIsToldFromOneThatHealthTells() {
    work(0, 10 * SECOND);
    work(25 * SECOND, END);
    assertThat(verdict().violations())
        .containsExactly("nothing was started for 15 s, and health said UP");
    entries.add(new Entry.Health(seconds(15), "DOWN", "taking events failed"));
    assertThat(verdict().violations()).isEmpty();
    assertThat(verdict().health()).isEqualTo("DOWN: taking events failed");
  }

  @Test
  void workHadToGoOnMeanwhile() {
    work(0, 14 * SECOND);
    work(20 * SECOND, END);
    assertThat(verdict().violations()).isEmpty();
    worksMeanwhile = true;
    entries.removeIf(entry -> entry.at() == 20 * SECOND);
    assertThat(verdict().violations()).contains("nothing was started while the fault lasted");
  }

  @Test
  void entriesAreReadAsTheyWereWritten() {
    Stream.of(
            new Entry.Published(1, "a"),
            new Entry.Unclear(2, "b"),
            new Entry.Started(3, "c", 4),
            new Entry.Ended(5, "d", "done", true),
            new Entry.Health(6, "DOWN", "why; and why"),
            new Entry.Health(6, "UP", ""),
            new Entry.Missing(6, 7),
            new Entry.LimitAsked(7, 8),
            new Entry.LimitChanged(9, 10))
        .forEach(entry -> assertThat(Entry.parse(entry.line())).isEqualTo(entry));
  }
}
