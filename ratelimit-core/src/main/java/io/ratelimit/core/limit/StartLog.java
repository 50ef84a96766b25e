package io.ratelimit.core.limit;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The starts of the recent past, oldest first: an immutable first-in-first-out queue in two parts,
 * so that adding and forgetting cost O(1) amortised without copying the log. Unless it is empty,
 * the oldest start is in the front.
 *
 * <p>What was forgotten counts as full: {@link #forgottenUntil} is the latest time of which nothing
 * is known any more, and no window may reach back to it.
 */
final class StartLog {

  static final StartLog EMPTY =
      new StartLog(new long[0], new long[1], 0, null, 0, 0, Long.MIN_VALUE, null, -1);

  // What one call may cost where the log is long.
  private static final int MOST_REPLAYED = 1_000;
  private static final int MOST_FORGOTTEN = 100;

  private record Newer(long start, int weight, @Nullable Newer older) {}

  private final long[] frontStarts;
  // The weight of all starts in the front before each, and at the end that of all.
  private final long[] frontSums;
  private final int frontIndex;
  private final @Nullable Newer back;
  private final int backSize;
  private final long totalWeight;
  private final long forgottenUntil;
  // In place of starts that nobody remembers: one entry of the front, whose time is its end.
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

  /** The time up to which, that included, what is remembered does not count as all there was. */
  long forgottenUntil() {
    return forgottenUntil;
  }

  /**
   * The same starts, where what is up to a time counts as forgotten, whether or not it is known.
   */
  StartLog withForgottenUntil(long time) {
    return time <= forgottenUntil
        ? this
        : new StartLog(
            frontStarts, frontSums, frontIndex, back, backSize, totalWeight, time, run, runIndex);
  }

  /** A log of which nothing is known but what can have been. */
  static StartLog of(DensestRun.Unknown unknown) {
    return forgottenUntil(unknown.forgottenUntil()).append(unknown.run());
  }

  /** Adds a run that is not before the latest start, to a log that has none. */
  StartLog append(DensestRun more) {
    StartLog known = turned();
    int index = known.frontStarts.length;
    long[] starts = Arrays.copyOf(known.frontStarts, index + 1);
    long[] sums = Arrays.copyOf(known.frontSums, index + 2);
    starts[index] = more.at();
    sums[index + 1] = sums[index] + more.size();
    return new StartLog(
        starts, sums, 0, null, 0, totalWeight + more.size(), forgottenUntil, more, index);
  }

  /** The run that stands for starts that nobody remembers, as far as it is after a time. */
  Optional<AssumedStarts> assumedAfter(long time) {
    return run == null || run.after(time) <= 0
        ? Optional.empty()
        : Optional.of(new AssumedStarts(Micros.toInstant(run.at()), run.after(time)));
  }

  /** Whether a run stands for starts that nobody remembers. */
  boolean hasRun() {
    return run != null;
  }

  /** The latest start that was not assumed. */
  OptionalLong latestKnown() {
    if (back != null) {
      return OptionalLong.of(back.start);
    }
    int last = frontStarts.length - 1;
    int known = run != null && last == runIndex ? last - 1 : last;
    return known < frontIndex ? OptionalLong.empty() : OptionalLong.of(frontStarts[known]);
  }

  /** The weight of the starts after a time that were not assumed. Costs as {@link #weightAfter}. */
  long knownAfter(long time) {
    return weightAfter(time) - (run == null ? 0 : run.after(time));
  }

  /** The weight of what started at the time of the latest start; 0: there is none. */
  long latestWeight() {
    return isEmpty() ? 0 : weightAfter(latest() - 1);
  }

  /** The time of the latest start, or the end of what was forgotten. */
  long latest() {
    if (back != null) {
      return back.start;
    }
    return frontIndex < frontStarts.length ? frontStarts[frontStarts.length - 1] : forgottenUntil;
  }

  boolean isEmpty() {
    return size() == 0;
  }

  /** The weight of all starts that are remembered. */
  long totalWeight() {
    return totalWeight;
  }

  /** The time of the oldest start that is remembered; there must be one. */
  long oldest() {
    return frontStarts[frontIndex];
  }

  /** Adds a start that is not before the latest. */
  StartLog append(long start, int weight) {
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
   * Forgets the oldest starts at or before a time, those of at most {@value #MOST_FORGOTTEN} times.
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

  /** Whether an entry of the front is of the same start as the one before it. */
  private boolean isOneWithPrevious(int index) {
    return frontStarts[index] == frontStarts[index - 1]
        && index != runIndex
        && index - 1 != runIndex;
  }

  /** The same starts, kept so that {@link #weightAfter} of this time or a later one is fast. */
  StartLog readyFor(long time) {
    return back != null && (frontIndex == frontStarts.length || lastInFront() <= time)
        ? turned()
        : this;
  }

  private long lastInFront() {
    return frontStarts[frontStarts.length - 1];
  }

  /** The same starts, all in the front. */
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
   * The earliest time from {@code from} on at which the window that ends there, that time included
   * and its beginning excluded, holds at most {@code room}. O(1) while the whole log fits, else
   * O(the number of starts that must leave).
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
   * The weight of the starts after a time. O(log size) if the time is {@linkplain #readyFor before
   * the end of the front}, else O(size).
   */
  long weightAfter(long time) {
    long weight = 0;
    if (frontIndex < frontStarts.length && lastInFront() > time) {
      // All of the back is after it, too.
      weight = totalWeight - (frontSums[frontStarts.length] - frontSums[frontIndex]);
    } else {
      for (Newer newer = back; newer != null && newer.start > time; newer = newer.older) {
        weight += newer.weight;
      }
    }
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
    weight += frontSums[frontStarts.length] - frontSums[low];
    return run != null && low <= runIndex ? weight - run.size() + run.after(time) : weight;
  }

  private long frontWeight(int index) {
    return frontSums[index + 1] - frontSums[index];
  }

  /**
   * The paced schedule after the latest {@value #MOST_REPLAYED} of these starts, had they all been
   * made under one pace: where a pace now stands depends on the starts alone, never on the limits
   * under which they were made. Of more starts, those before are taken to have spent all that the
   * pace can owe, so that it is never too early.
   */
  Pace replay(Pace.Rate rate) {
    StartLog log = back == null ? this : turned();
    int i = log.frontStarts.length;
    for (int times = 0; i > log.frontIndex && times < MOST_REPLAYED; times++) {
      i--;
      while (i > log.frontIndex && log.isOneWithPrevious(i)) {
        i--;
      }
    }
    Pace pace = i == log.frontIndex ? Pace.IDLE : Pace.SPENT;
    while (i < log.frontStarts.length) {
      if (i == log.runIndex && log.run != null) {
        pace = log.run.pace(rate);
        i++;
        continue;
      }
      long start = log.frontStarts[i];
      long weight = 0;
      // What started in the same microsecond is one start, whether or not it is one entry.
      do {
        weight += log.frontWeight(i);
        i++;
      } while (i < log.frontStarts.length && log.isOneWithPrevious(i));
      pace = pace.afterStart(start, (int) Math.min(weight, Integer.MAX_VALUE), rate);
    }
    return pace;
  }
}
