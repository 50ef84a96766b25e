package io.ratelimit.cli.watch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Measures how many events are done per minute, at each of the last looks: over the minute before
 * it, because a single look at a slow queue usually sees none end. Unknown while too little was
 * seen. Not thread-safe.
 */
final class Throughput {

  private static final int RATES = 40;
  private static final Duration SPAN = Duration.ofMinutes(1);
  private static final Duration LEAST = Duration.ofSeconds(10);
  private static final double NANOS_PER_MINUTE = 60e9;

  private record Look(Instant at, long done) {}

  private final Deque<Look> looks = new ArrayDeque<>();
  private final Deque<Double> rates = new ArrayDeque<>();

  /**
   * Adds a look.
   *
   * @param done the number of events done in total
   * @param working whether more events are to be done
   */
  void look(Instant at, long done, boolean working) {
    // After a restart of the store, the count or its clock may start again.
    if (!looks.isEmpty() && (done < looks.getLast().done || !at.isAfter(looks.getLast().at))) {
      looks.clear();
    }
    looks.addLast(new Look(at, done));
    while (looks.size() > 2 && !second().at.plus(SPAN).isAfter(at)) {
      looks.removeFirst();
    }
    Duration seen = Duration.between(looks.getFirst().at, at);
    long more = done - looks.getFirst().done;
    boolean known = seen.compareTo(LEAST) >= 0 && (more > 0 || seen.compareTo(SPAN) >= 0);
    if (known || (!working && !seen.isZero())) {
      rates.addLast(more * NANOS_PER_MINUTE / seen.toNanos());
      if (rates.size() > RATES) {
        rates.removeFirst();
      }
    }
  }

  private Look second() {
    return looks.stream().skip(1).findFirst().orElseThrow();
  }

  /** Returns the latest rates, oldest first; empty while none is known. */
  List<Double> rates() {
    return List.copyOf(rates);
  }
}
