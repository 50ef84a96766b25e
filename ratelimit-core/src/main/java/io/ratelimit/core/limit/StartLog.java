package io.ratelimit.core.limit;

import io.ratelimit.core.internal.form.FormReader;
import io.ratelimit.core.internal.form.FormWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The starts of the recent past, oldest first: an immutable first-in-first-out queue in two parts,
 * so that adding and forgetting cost O(1) amortized without copying the log. Unless it is empty,
 * the oldest start is in the front.
 *
 * <p>Forgotten time counts as full: {@link #forgottenUntil} is the latest forgotten time, and no
 * window may reach back to it.
 */
final class StartLog {

  static final StartLog EMPTY =
      new StartLog(new long[0], new long[1], 0, null, 0, 0, Long.MIN_VALUE, null, -1);

  // Bounds on the cost of one call on a long log.
  private static final int MOST_REPLAYED = 1_000;
  private static final int MOST_FORGOTTEN = 100;
  private static final int MOST_CORRECTED = 1_000;

  private record Newer(long start, int weight, @Nullable Newer older) {}

  private final long[] frontStarts;
  // The total weight in the front before each start, and at the end the total of all.
  private final long[] frontSums;
  private final int frontIndex;
  private final @Nullable Newer back;
  private final int backSize;
  private final long totalWeight;
  private final long forgottenUntil;
  // Stands for forgotten starts: one entry of the front, whose time is the run's end.
  private final @Nullable DensestRun run;
  private final int runIndex;

  private StartLog(
      long[] frontStarts,
      long[] frontSums,
      int frontIndex,
      @Nullable Newer back,
      int backSize,
      long totalWeight,
      long forgottenUntil,
      @Nullable DensestRun run,
      int runIndex) {
    this.frontStarts = frontStarts;
    this.frontSums = frontSums;
    this.frontIndex = frontIndex;
    this.back = back;
    this.backSize = backSize;
    this.totalWeight = totalWeight;
    this.forgottenUntil = forgottenUntil;
    this.run = run;
    this.runIndex = runIndex;
  }

  static StartLog forgottenUntil(long time) {
    return new StartLog(new long[0], new long[1], 0, null, 0, 0, time, null, -1);
  }

  /** Returns the time up to which, inclusive, starts may be missing. */
  long forgottenUntil() {
    return forgottenUntil;
  }

  /** Returns the log with all time up to a moment counted as forgotten, known or not. */
  StartLog withForgottenUntil(long time) {
    return time <= forgottenUntil
        ? this
        : new StartLog(
            frontStarts, frontSums, frontIndex, back, backSize, totalWeight, time, run, runIndex);
  }

  /** Writes all starts, each as the distance from the one before. */
  void write(FormWriter form) {
    StartLog log = back == null ? this : turned();
    form.number(forgottenUntil);
    form.number(run == null ? 0 : 1 + log.runIndex - log.frontIndex);
    if (run != null) {
      LimitForms.write(form, run);
    }
    form.number(log.size());
    long before = 0;
    for (int i = log.frontIndex; i < log.frontStarts.length; i++) {
      form.number(log.frontStarts[i] - before, log.frontWeight(i));
      before = log.frontStarts[i];
    }
  }

  /** Reads what {@link #write} wrote. */
  static StartLog read(FormReader form) {
    record Written(long later, long weight) {}
    long forgotten = form.number();
    int index = form.integer() - 1;
    DensestRun run = index < 0 ? null : LimitForms.run(form);
    List<Written> written = form.list(() -> new Written(form.number(), form.times()));
    int size = written.size();
    long[] starts = new long[size];
    long[] sums = new long[size + 1];
    long at = 0;
    for (int i = 0; i < size; i++) {
      Written start = written.get(i);
      // The latest start may have given back its whole cost.
      if ((i > 0 && start.later < 0) || start.weight < (i == size - 1 || i == index ? 0 : 1)) {
        throw new IllegalArgumentException("its starts are not in order, or weigh nothing");
      }
      at = Math.addExact(at, start.later);
      starts[i] = at;
      sums[i + 1] = Math.addExact(sums[i], start.weight);
    }
    if (run != null && (index >= size || starts[index] != run.at())) {
      throw new IllegalArgumentException("the starts that it assumes have no place");
    }
    return new StartLog(starts, sums, 0, null, 0, sums[size], forgotten, run, index);
  }

  /** Returns a log of assumed starts only. */
  static StartLog of(DensestRun.Unknown unknown) {
    return forgottenUntil(unknown.forgottenUntil()).append(unknown.run());
  }

  /** Adds a run, not before the latest start, to a log without one. */
  StartLog append(DensestRun more) {
    StartLog known = withoutEmptyLast().turned();
    int index = known.frontStarts.length;
    long[] starts = Arrays.copyOf(known.frontStarts, index + 1);
    long[] sums = Arrays.copyOf(known.frontSums, index + 2);
    starts[index] = more.at();
    sums[index + 1] = sums[index] + more.size();
    return new StartLog(
        starts, sums, 0, null, 0, totalWeight + more.size(), forgottenUntil, more, index);
  }

  /** Returns the part of the run of assumed starts after a time. */
  Optional<AssumedStarts> assumedAfter(long time) {
    return run == null || run.after(time) <= 0
        ? Optional.empty()
        : Optional.of(new AssumedStarts(Micros.toInstant(run.at()), run.after(time)));
  }

  /** Returns whether the log contains a run of assumed starts. */
  boolean hasRun() {
    return run != null;
  }

  /** Returns the latest start that was not assumed. */
  OptionalLong latestKnown() {
    if (back != null) {
      return OptionalLong.of(back.start);
    }
    int last = frontStarts.length - 1;
    int known = run != null && last == runIndex ? last - 1 : last;
    return known < frontIndex ? OptionalLong.empty() : OptionalLong.of(frontStarts[known]);
  }

  /**
   * Returns the weight of the starts after a time that were not assumed. Costs as {@link
   * #weightAfter}.
   */
  long knownAfter(long time) {
    return weightAfter(time) - (run == null ? 0 : run.after(time));
  }

  /** Returns the weight at the time of the latest start; 0 if there is none. */
  long latestWeight() {
    return isEmpty() ? 0 : weightAfter(latest() - 1);
  }

  /** Returns the time of the latest start, or the end of the forgotten time. */
  long latest() {
    if (back != null) {
      return back.start;
    }
    return frontIndex < frontStarts.length ? frontStarts[frontStarts.length - 1] : forgottenUntil;
  }

  boolean isEmpty() {
    return size() == 0;
  }

  /** Returns the weight of all remembered starts. */
  long totalWeight() {
    return totalWeight;
  }

  /** Returns the time of the oldest remembered start; there must be one. */
  long oldest() {
    return frontStarts[frontIndex];
  }

  /** Adds a start that is not before the latest. */
  StartLog append(long start, int weight) {
    return isLastEmpty() ? withoutEmptyLast().append(start, weight) : appended(start, weight);
  }

  private StartLog appended(long start, int weight) {
    if (back != null && back.start == start) {
      Newer merged = new Newer(start, back.weight + weight, back.older);
      return with(merged, backSize, totalWeight + weight);
    }
    StartLog extended = with(new Newer(start, weight, back), backSize + 1, totalWeight + weight);
    return frontIndex == frontStarts.length ? extended.turned() : extended;
  }

  private StartLog with(Newer newBack, int newBackSize, long newTotal) {
    return new StartLog(
        frontStarts,
        frontSums,
        frontIndex,
        newBack,
        newBackSize,
        newTotal,
        forgottenUntil,
        run,
        runIndex);
  }

  /**
   * Forgets the oldest starts at or before a time, of at most {@value #MOST_FORGOTTEN} different
   * times.
   */
  StartLog forget(long until) {
    return forget(until, MOST_FORGOTTEN);
  }

  private StartLog forget(long until, int most) {
    int index = frontIndex;
    int times = 0;
    long forgotten = forgottenUntil;
    while (index < frontStarts.length && frontStarts[index] <= until) {
      boolean another = index == frontIndex || !isOneWithPrevious(index);
      if (another && times == most) {
        break;
      }
      times += another ? 1 : 0;
      forgotten = frontStarts[index];
      index++;
    }
    StartLog rest =
        new StartLog(
            frontStarts,
            frontSums,
            index,
            back,
            backSize,
            totalWeight - (frontSums[index] - frontSums[frontIndex]),
            forgotten,
            index <= runIndex ? run : null,
            index <= runIndex ? runIndex : -1);
    return index == frontStarts.length && back != null
        ? rest.turned().forget(until, most - times)
        : rest;
  }

  /** Returns whether the latest start has given back its whole cost and only marks its time. */
  private boolean isLastEmpty() {
    return back == null
        && frontIndex < frontStarts.length
        && frontWeight(frontStarts.length - 1) == 0;
  }

  private StartLog withoutEmptyLast() {
    if (!isLastEmpty()) {
      return this;
    }
    int size = frontStarts.length - 1;
    return new StartLog(
        Arrays.copyOf(frontStarts, size),
        Arrays.copyOf(frontSums, size + 1),
        frontIndex,
        null,
        0,
        totalWeight,
        forgottenUntil,
        run,
        runIndex);
  }

  /**
   * A log with a changed weight of a start.
   *
   * @param at the time of the changed start
   * @param change the difference of its weight
   */
  record Corrected(StartLog log, long at, long change) {}

  /**
   * Returns the log with a changed weight of one start, but not below zero. If more than {@value
   * #MOST_CORRECTED} starts are not before it, an increase is added to the first of that many
   * latest starts, and leaves the windows later; a decrease is ignored.
   *
   * @param at the time of the start
   * @return empty if nothing changes: the start is forgotten, or before the assumed ones
   */
  Optional<Corrected> corrected(long at, long change) {
    if (at <= forgottenUntil || (run != null && run.at() >= at)) {
      return Optional.empty();
    }
    StartLog log = back == null ? this : turned();
    int first = log.firstAfter(at - 1);
    int bound = log.firstOfLatest(MOST_CORRECTED);
    if (bound > first) {
      return change <= 0 ? Optional.empty() : log.changedAt(bound, change);
    }
    return first == log.frontStarts.length || log.frontStarts[first] != at
        ? Optional.empty()
        : log.changedAt(first, change);
  }

  /** Changes an entry, with all starts in the front; merges all entries of its time. */
  private Optional<Corrected> changedAt(int first, long change) {
    int size = frontStarts.length;
    int next = first + 1;
    while (next < size && frontStarts[next] == frontStarts[first]) {
      next++;
    }
    long weight = frontSums[next] - frontSums[first];
    long changed = Math.max(change, -weight);
    if (weight == 0 || changed == 0) {
      return Optional.empty();
    }
    // The latest entry stays, whatever its weight, so that time cannot go back.
    int kept = first - frontIndex + (weight + changed > 0 || next == size ? 1 : 0);
    long[] starts = new long[kept + size - next];
    long[] sums = new long[starts.length + 1];
    System.arraycopy(frontStarts, frontIndex, starts, 0, kept);
    System.arraycopy(frontStarts, next, starts, kept, size - next);
    for (int i = 0; i < first - frontIndex; i++) {
      sums[i + 1] = frontSums[frontIndex + i + 1] - frontSums[frontIndex];
    }
    for (int i = kept; i <= starts.length; i++) {
      sums[i] = frontSums[next + i - kept] - frontSums[frontIndex] + changed;
    }
    StartLog log =
        new StartLog(
            starts,
            sums,
            0,
            null,
            0,
            totalWeight + changed,
            forgottenUntil,
            run,
            run == null ? -1 : runIndex - frontIndex);
    return Optional.of(new Corrected(log, frontStarts[first], changed));
  }

  /** Returns the weight started at a time. */
  long weightAt(long time) {
    return weightAfter(time - 1) - weightAfter(time);
  }

  /**
   * Returns the weight of the known starts after a time and up to another, if nothing in between
   * was forgotten.
   */
  long knownBetween(long after, long until) {
    return knownAfter(Math.max(after, forgottenUntil)) - weightAfter(until);
  }

  /**
   * Returns the weight of the fullest window of a length that ends with a start and contains this
   * time.
   */
  long fullestAround(long time, long window) {
    StartLog log = back == null ? this : turned();
    long fullest = 0;
    for (int i = log.firstAfter(time - 1); i < log.frontStarts.length; i++) {
      long end = log.frontStarts[i];
      if (end - window >= time) {
        break;
      }
      fullest = Math.max(fullest, log.knownBetween(end - window, end));
    }
    return fullest;
  }

  /**
   * Returns the pace after the last start before a time and all later ones, from a pace before
   * them. (An assumed or forgotten start does not count as the last one.)
   */
  Pace replayAround(long time, Pace before, Pace.Rate rate) {
    StartLog log = back == null ? this : turned();
    int first = log.firstAfter(time - 1);
    if (first > log.frontIndex
        && first - 1 != log.runIndex
        && log.frontStarts[first - 1] > forgottenUntil) {
      first--;
      while (first > log.frontIndex && log.isOneWithPrevious(first)) {
        first--;
      }
    }
    return log.replay(first, before, rate);
  }

  /** Returns whether an entry of the front belongs to the same start as the previous one. */
  private boolean isOneWithPrevious(int index) {
    return frontStarts[index] == frontStarts[index - 1]
        && index != runIndex
        && index - 1 != runIndex;
  }

  /** Returns the log, arranged so that {@link #weightAfter} of this time or a later one is fast. */
  StartLog readyFor(long time) {
    return back != null && (frontIndex == frontStarts.length || lastInFront() <= time)
        ? turned()
        : this;
  }

  private long lastInFront() {
    return frontStarts[frontStarts.length - 1];
  }

  /** Returns the log with all starts in the front. */
  private StartLog turned() {
    int kept = frontStarts.length - frontIndex;
    int size = kept + backSize;
    long[] starts = new long[size];
    long[] sums = new long[size + 1];
    System.arraycopy(frontStarts, frontIndex, starts, 0, kept);
    for (int i = 0; i < kept; i++) {
      sums[i + 1] = frontSums[frontIndex + i + 1] - frontSums[frontIndex];
    }
    int at = size;
    long sum = totalWeight;
    for (Newer newer = back; newer != null; newer = newer.older) {
      sums[at] = sum;
      sum -= newer.weight;
      at--;
      starts[at] = newer.start;
    }
    return new StartLog(
        starts,
        sums,
        0,
        null,
        0,
        totalWeight,
        forgottenUntil,
        run,
        run == null ? -1 : runIndex - frontIndex);
  }

  private int size() {
    return frontStarts.length - frontIndex + backSize;
  }

  /**
   * Returns the earliest time from {@code from} at which the window that ends there (its end
   * included, its beginning excluded) holds at most {@code room}. O(1) while the whole log fits,
   * otherwise O(number of starts that must leave).
   */
  long earliestWithRoom(long from, long window, long room) {
    long earliest = Math.max(from, Micros.plus(forgottenUntil, window));
    long held = totalWeight;
    for (int i = frontIndex; held > room && i < frontStarts.length; i++) {
      if (i == runIndex && run != null && held - run.size() <= room) {
        int staying = (int) (room - (held - run.size()));
        return Math.max(earliest, run.timeOf(staying + 1) + window);
      }
      earliest = Math.max(earliest, frontStarts[i] + window);
      held -= frontWeight(i);
    }
    return held <= room ? earliest : turned().earliestWithRoom(from, window, room);
  }

  /**
   * Returns the weight of the starts after a time. O(log size) if the time is {@linkplain #readyFor
   * before the end of the front}, else O(size).
   */
  long weightAfter(long time) {
    long weight = 0;
    if (frontIndex < frontStarts.length && lastInFront() > time) {
      // The whole back is after it, too.
      weight = totalWeight - (frontSums[frontStarts.length] - frontSums[frontIndex]);
    } else {
      for (Newer newer = back; newer != null && newer.start > time; newer = newer.older) {
        weight += newer.weight;
      }
    }
    int first = firstAfter(time);
    weight += frontSums[frontStarts.length] - frontSums[first];
    return run != null && first <= runIndex ? weight - run.size() + run.after(time) : weight;
  }

  /** Returns the first entry of the front after a time. */
  private int firstAfter(long time) {
    int low = frontIndex;
    int high = frontStarts.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (frontStarts[middle] > time) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** Returns the entry of the front at which this many latest times begin. */
  private int firstOfLatest(int most) {
    int i = frontStarts.length;
    for (int times = 0; i > frontIndex && times < most; times++) {
      i--;
      while (i > frontIndex && isOneWithPrevious(i)) {
        i--;
      }
    }
    return i;
  }

  private long frontWeight(int index) {
    return frontSums[index + 1] - frontSums[index];
  }

  /**
   * Returns the paced schedule after the latest {@value #MOST_REPLAYED} of these starts, had they
   * all been made under one pace: where a pace now stands depends on the starts alone, never on the
   * limits under which they were made. Of more starts, those before are taken to have spent all
   * that the pace can owe, so that it is never too early.
   */
  Pace replay(Pace.Rate rate) {
    StartLog log = back == null ? this : turned();
    int first = log.firstOfLatest(MOST_REPLAYED);
    return log.replay(first, first == log.frontIndex ? Pace.IDLE : Pace.SPENT, rate);
  }

  /** Returns the pace after the starts from an index, with all starts in the front. */
  private Pace replay(int first, Pace before, Pace.Rate rate) {
    Pace pace = before;
    int i = first;
    while (i < frontStarts.length) {
      if (i == runIndex && run != null) {
        pace = run.pace(rate);
        i++;
        continue;
      }
      long start = frontStarts[i];
      long weight = 0;
      // Starts in the same microsecond are one start, even in several entries.
      do {
        weight += frontWeight(i);
        i++;
      } while (i < frontStarts.length && isOneWithPrevious(i));
      if (weight > 0) {
        pace = pace.afterStart(start, (int) Math.min(weight, Integer.MAX_VALUE), rate);
      }
    }
    return pace;
  }
}
