package io.ratelimit.benchmarks.faults.judge;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Decides whether a run kept the queue's guarantees. */
public final class Judge {

  /** The time within which work must continue after a fault. */
  public static final long BOUND_MICROS = 30 * Stamps.PER_SECOND;

  /** How late a handler may start on a busy machine. */
  public static final long HANDLER_TOLERANCE_MICROS = Stamps.PER_SECOND / 2;

  /** How much two readings of the same clock may differ. */
  static final long CLOCK_TOLERANCE_MICROS = 2_000;

  /**
   * How long starts may pause although work is waiting and every process reports that all is well.
   */
  static final long SILENT_MICROS = 10 * Stamps.PER_SECOND;

  private static final Map<String, Integer> SEVERITY = Map.of("UP", 0, "DEGRADED", 1, "DOWN", 2);

  private final Evidence evidence;
  private final List<String> violations = new ArrayList<>();
  private final List<Entry.Started> starts;

  private Judge(Evidence evidence) {
    this.evidence = evidence;
    this.starts =
        evidence.journals().stream()
            .flatMap(journal -> journal.all(Entry.Started.class))
            .sorted(Comparator.comparingLong(Entry::at))
            .toList();
  }

  /** Judges a run. */
  public static Verdict judge(Evidence evidence) {
    return new Judge(evidence).verdict();
  }

  private Verdict verdict() {
    Windows.Fullest fullest = judgeWindows();
    evidence.rules().forEach(this::judgeRule);
    evidence.bounds().forEach(this::judgeBound);
    Ledger ledger = Ledger.of(evidence.journals());
    long lost = judgeEvents(ledger);
    OptionalLong first = firstStart(evidence.journals(), evidence.workFrom());
    OptionalLong everyone = judgeRecovery();
    judgeMeanwhile();
    judgeSilence();
    return new Verdict(
        violations,
        starts.size(),
        fullest.starts(),
        fullest.allowed(),
        ledger.published().size(),
        lost,
        toldLost(),
        ledger.countedAgain(),
        first,
        everyone,
        health());
  }

  private Windows.Fullest judgeWindows() {
    List<Span> undone =
        evidence.allows(Allowance.LIMIT_LOST) ? List.of(evidence.fault()) : List.of();
    LimitHistory limits = new LimitHistory(evidence.initialPermits(), evidence.journals(), undone);
    boolean byRedis = !evidence.allows(Allowance.CLOCK_WRONG);
    Windows windows =
        byRedis
            ? new Windows(
                starts.stream().map(Entry.Started::takenAt).toList(),
                evidence.windowMicros(),
                CLOCK_TOLERANCE_MICROS)
            : new Windows(
                starts.stream().map(Entry.Started::at).toList(),
                evidence.windowMicros(),
                HANDLER_TOLERANCE_MICROS);
    Windows.Fullest fullest = windows.fullest(limits);
    if (fullest.isOver()) {
      violations.add(
          "%d starts in a window of %d, by the stamps of %s"
              .formatted(fullest.starts(), fullest.allowed(), byRedis ? "Redis" : "the handlers"));
    }
    if (byRedis) {
      judgePromptStarts(limits);
    }
    return fullest;
  }

  /**
   * Checks that Redis's timestamps do not hide a violation: by the handlers' own clock, too, no
   * window is exceeded, except by starts that reached their handler late.
   */
  private void judgePromptStarts(LimitHistory limits) {
    long early =
        starts.stream()
            .filter(start -> start.takenAt() > start.at() + CLOCK_TOLERANCE_MICROS)
            .count();
    if (early > 0) {
      violations.add("%d starts were stamped later than they happened".formatted(early));
    }
    List<Long> prompt =
        starts.stream()
            .filter(start -> start.at() - start.takenAt() <= HANDLER_TOLERANCE_MICROS)
            .map(Entry.Started::at)
            .toList();
    Windows.Fullest fullest =
        new Windows(prompt, evidence.windowMicros(), HANDLER_TOLERANCE_MICROS).fullest(limits);
    if (fullest.isOver()) {
      violations.add(
          "%d starts in a window of %d, by the stamps of the handlers"
              .formatted(fullest.starts(), fullest.allowed()));
    }
  }

  /**
   * Checks that no window of any key of a limit is exceeded by attempts and calls together, by
   * Redis's and by the handlers' timestamps.
   */
  private void judgeRule(Rule rule) {
    LimitHistory limit = new LimitHistory(rule.permits(), List.of(), List.of());
    Stream<Entry.Started> calls =
        evidence.journals().stream()
            .flatMap(journal -> journal.all(Entry.Called.class))
            .map(call -> new Entry.Started(call.at(), call.id(), call.takenAt()));
    Map<Integer, List<Entry.Started>> byKey =
        Stream.concat(starts.stream(), calls)
            .sorted(Comparator.comparingLong(Entry::at))
            .collect(Collectors.groupingBy(start -> rule.key(start.id())));
    byKey.forEach((key, ofKey) -> judgeKey(rule, key, limit, ofKey));
  }

  private void judgeKey(Rule rule, int key, LimitHistory limit, List<Entry.Started> ofKey) {
    if (!evidence.allows(Allowance.CLOCK_WRONG)) {
      List<Long> taken = ofKey.stream().map(Entry.Started::takenAt).toList();
      judgeKey(rule, key, "Redis", limit, taken, CLOCK_TOLERANCE_MICROS);
    }
    List<Long> prompt =
        ofKey.stream()
            .filter(start -> Math.abs(start.at() - start.takenAt()) <= HANDLER_TOLERANCE_MICROS)
            .map(Entry.Started::at)
            .toList();
    judgeKey(rule, key, "the handlers", limit, prompt, HANDLER_TOLERANCE_MICROS);
  }

  private void judgeKey(
      Rule rule, int key, String whose, LimitHistory limit, List<Long> at, long tolerance) {
    Windows.Fullest fullest = new Windows(at, rule.windowMicros(), tolerance).fullest(limit);
    if (fullest.isOver()) {
      violations.add(
          "%d starts of key %d in a window of %d of the limit %s, by the stamps of %s"
              .formatted(fullest.starts(), key, fullest.allowed(), rule.name(), whose));
    }
  }

  /** Checks that no key ever has more attempts in flight than allowed. */
  private void judgeBound(Bound bound) {
    boolean isForgotten =
        evidence.allows(Allowance.ATTEMPTS_FORGOTTEN) || evidence.allows(Allowance.EVENTS_LOST);
    List<Span> excused = isForgotten ? List.of(evidence.fault()) : List.of();
    new Crowd(bound, evidence.journals(), excused)
        .tooMany()
        .forEach(
            (key, most) ->
                violations.add(
                    "%d attempts of key %d at once, and the limit %s admits %d"
                        .formatted(most, key, bound.name(), bound.most())));
  }

  private long judgeEvents(Ledger ledger) {
    Books books = evidence.books();
    boolean mayLose = evidence.allows(Allowance.EVENTS_LOST);
    boolean mayLoseSeen = evidence.allows(Allowance.EVENTS_SEEN_LOST);
    if (!evidence.allows(Allowance.COUNTERS_LOST)) {
      violations.addAll(books.faults(mayLoseSeen));
      if (!mayLose && !mayLoseSeen) {
        ledger.contradictions(books).forEach(violations::add);
      }
    }
    if (books.unfinished() > 0) {
      violations.add("%d events were left, and nobody finished them".formatted(books.unfinished()));
    }
    long lost = Math.max(0, ledger.neverFinished() - books.unfinished());
    if (lost > 0 && !mayLose && !mayLoseSeen) {
      violations.add("%d events were lost".formatted(lost));
    }
    if (lost > toldLost() && mayLoseSeen) {
      violations.add("%d events were lost, and only %d told".formatted(lost, toldLost()));
    }
    if (ledger.countedAgain() > 0 && !mayLose) {
      violations.add("%d events were counted twice".formatted(ledger.countedAgain()));
    }
    return lost;
  }

  /** Returns how many events the queue itself last reported as missing. */
  private long toldLost() {
    return evidence.journals().stream()
        .flatMap(journal -> journal.all(Entry.Missing.class))
        .max(Comparator.comparingLong(Entry::at))
        .map(entry -> Math.max(0, entry.missing()))
        .orElse(0L);
  }

  /**
   * Returns how long after a moment the first of these processes started something. Events that
   * were taken earlier do not count.
   */
  private OptionalLong firstStart(List<Journal> journals, long from) {
    boolean byRedis = !evidence.allows(Allowance.CLOCK_WRONG);
    OptionalLong first =
        journals.stream()
            .flatMap(journal -> journal.all(Entry.Started.class))
            .filter(start -> !byRedis || start.takenAt() >= from)
            .mapToLong(Entry::at)
            .filter(at -> at >= from)
            .min();
    return first.isPresent() ? OptionalLong.of(first.getAsLong() - from) : first;
  }

  private OptionalLong judgeRecovery() {
    long slowest = 0;
    boolean all = true;
    for (Journal journal : evidence.journals()) {
      if (evidence.survivors().contains(journal.process())) {
        // A process that was started later counts from its own beginning.
        long begin = journal.entries().isEmpty() ? 0 : journal.entries().get(0).at();
        OptionalLong first = firstStart(List.of(journal), Math.max(begin, evidence.workFrom()));
        if (first.isEmpty()) {
          all = false;
          violations.add(journal.process() + " started nothing any more");
        } else if (first.getAsLong() > BOUND_MICROS) {
          violations.add(
              "%s started nothing for %d s"
                  .formatted(journal.process(), first.getAsLong() / Stamps.PER_SECOND));
        }
        slowest = Math.max(slowest, first.orElse(slowest));
      }
    }
    return all ? OptionalLong.of(slowest) : OptionalLong.empty();
  }

  /** Checks that something started in the second half of a fault that must not stop work. */
  private void judgeMeanwhile() {
    Span fault = evidence.fault();
    Span half = new Span(fault.begin() + (fault.end() - fault.begin()) / 2, fault.end());
    if (evidence.worksMeanwhile() && starts.stream().noneMatch(start -> half.holds(start.at()))) {
      violations.add("nothing was started while the fault lasted");
    }
  }

  /** Nothing is known before the first report of a surviving process. */
  private void judgeSilence() {
    long firstWord =
        evidence.journals().stream()
            .filter(journal -> evidence.survivors().contains(journal.process()))
            .flatMap(journal -> journal.entries().stream())
            .mapToLong(Entry::at)
            .min()
            .orElse(evidence.drainFrom());
    long from = Math.max(firstWord, evidence.fault().begin());
    long last = from;
    List<Long> moments =
        new ArrayList<>(
            starts.stream()
                .map(Entry::at)
                .filter(at -> at > from && at < evidence.drainFrom())
                .toList());
    moments.add(evidence.drainFrom());
    for (long moment : moments) {
      Span gap = new Span(last, moment);
      if (moment - last > SILENT_MICROS && worst(gap).status().equals("UP")) {
        violations.add(
            "nothing was started for %d s, and health said UP"
                .formatted((moment - last) / Stamps.PER_SECOND));
      }
      last = moment;
    }
  }

  private String health() {
    Entry.Health worst = worst(new Span(evidence.fault().begin(), evidence.drainFrom()));
    return worst.reasons().isEmpty() ? worst.status() : worst.status() + ": " + worst.reasons();
  }

  /** Returns the worst health that any surviving process reported in a span. */
  private Entry.Health worst(Span span) {
    return evidence.journals().stream()
        .filter(journal -> evidence.survivors().contains(journal.process()))
        .flatMap(journal -> journal.all(Entry.Health.class))
        .filter(health -> span.holds(health.at()))
        .max(Comparator.comparingInt(health -> SEVERITY.getOrDefault(health.status(), 0)))
        .orElse(new Entry.Health(span.begin(), "UP", ""));
  }
}
