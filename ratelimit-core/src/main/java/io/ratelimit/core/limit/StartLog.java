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
      new StartLog(new long[0], new int[0], 0, null, 0, 0, Long.MIN_VALUE, null, -1);

  private record Newer(long start, int weight, @Nullable Newer older) {}

  private final long[] frontStarts;
  private final int[] frontWeights;
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
      int[] frontWeights,
      int frontIndex,
      @Nullable Newer back,
      int backSize,
      long totalWeight,
      long forgottenUntil,
      @Nullable DensestRun run,
      int runIndex) {
    this.frontStarts = frontStarts;
    this.frontWeights = frontWeights;
    this.frontIndex = frontIndex;
    this.back = back;
    this.backSize = backSize;
    this.totalWeight = totalWeight;
    this.forgottenUntil = forgottenUntil;
    this.run = run;
    this.runIndex = runIndex;
  }

  static StartLog forgottenUntil(long time) {
    return new StartLog(new long[0], new int[0], 0, null, 0, 0, time, null, -1);
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
    int[] weights = Arrays.copyOf(known.frontWeights, index + 1);
    starts[index] = more.at();
    weights[index] = more.size();
    return new StartLog(
        starts, weights, 0, null, 0, totalWeight + more.size(), forgottenUntil, more, index);
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

  /** The weight of the starts after a time that were not assumed. O(size). */
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
        frontWeights,
        frontIndex,
        newBack,
        newBackSize,
        newTotal,
        forgottenUntil,
        run,
        runIndex);
  }

  /** Forgets the starts at or before a time. */
  StartLog forget(long until) {
    int index = frontIndex;
    long total = totalWeight;
    long forgotten = forgottenUntil;
    while (index < frontStarts.length && frontStarts[index] <= until) {
      forgotten = frontStarts[index];
      total -= frontWeights[index];
      index++;
    }
    StartLog rest =
        new StartLog(
            frontStarts,
            frontWeights,
            index,
            back,
            backSize,
            total,
            forgotten,
            index <= runIndex ? run : null,
            index <= runIndex ? runIndex : -1);
    return index == frontStarts.length && back != null ? rest.turned().forget(until) : rest;
  }

  /** The same starts, all in the front. */
  private StartLog turned() {
    int size = size();
    long[] starts = new long[size];
    int[] weights = new int[size];
    int at = size;
    for (Newer newer = back; newer != null; newer = newer.older) {
      at--;
      starts[at] = newer.start;
      weights[at] = newer.weight;
    }
    int kept = frontStarts.length - frontIndex;
    System.arraycopy(frontStarts, frontIndex, starts, 0, kept);
    System.arraycopy(frontWeights, frontIndex, weights, 0, kept);
    return new StartLog(
        starts,
        weights,
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
      held -= frontWeights[i];
    }
    return held <= room ? earliest : turned().earliestWithRoom(from, window, room);
  }

  /** The weight of the starts after a time. O(size). */
  long weightAfter(long time) {
    long weight = 0;
    for (Newer newer = back; newer != null && newer.start > time; newer = newer.older) {
      weight += newer.weight;
    }
    for (int i = frontStarts.length - 1; i >= frontIndex && frontStarts[i] > time; i--) {
      weight += i == runIndex && run != null ? run.after(time) : frontWeights[i];
    }
    return weight;
  }

  /**
   * The paced schedule after these starts, had they all been made under one pace: where a pace now
   * stands depends on the starts alone, never on the limits under which they were made. O(size).
   */
  Pace replay(Pace.Rate rate) {
    Pace pace = Pace.IDLE;
    StartLog log = back == null ? this : turned();
    int i = log.frontIndex;
    while (i < log.frontStarts.length) {
      if (i == log.runIndex && log.run != null) {
        pace = log.run.pace(rate);
        i++;
        continue;
      }
      long start = log.frontStarts[i];
      int weight = 0;
      // What started in the same microsecond is one start, whether or not it is one entry.
      for (; i < log.frontStarts.length && log.frontStarts[i] == start && i != log.runIndex; i++) {
        weight += log.frontWeights[i];
      }
      pace = pace.afterStart(start, weight, rate);
    }
    return pace;
  }
}
