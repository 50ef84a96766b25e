package io.ratelimit.core.internal.log;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which lines of a log are told: of each cause the first, and then, once in a {@link #SPAN}, how
 * many more there were. The longer it goes on, the longer the spans: twice as long each time, up to
 * {@link #LONGEST_SPAN}. Reads no clock. Thread-safe.
 *
 * @param <C> what a line is caused by, with {@code equals}
 */
public final class Repeats<C> {

  /** How long lines of a cause are counted before their number is told. */
  public static final Duration SPAN = Duration.ofSeconds(10);

  /** How long they are counted at most. */
  static final Duration LONGEST_SPAN = Duration.ofMinutes(5);

  /** So many causes are told apart at a time; what comes after them counts as one more. */
  static final int MOST_CAUSES = 100;

  /**
   * What is told of lines that were not.
   *
   * @param cause what caused them
   * @param line how many there were, and the last of them
   */
  public record LeftOut<C>(C cause, String line) {}

  private static final class Span<C> {
    private final C cause;
    private final Instant since;
    private final Duration length;
    private long more;
    private String last = "";

    Span(C cause, Instant since, Duration length) {
      this.cause = cause;
      this.since = since;
      this.length = length;
    }

    Span<C> next(Instant now) {
      Duration twice = length.multipliedBy(2);
      return new Span<>(cause, now, twice.compareTo(LONGEST_SPAN) < 0 ? twice : LONGEST_SPAN);
    }

    LeftOut<C> leftOut() {
      return new LeftOut<>(
          cause,
          more == 1
              ? last
              : "… " + more + " more like this in " + length.toSeconds() + " s, the last: " + last);
    }
  }

  // Without a cause: all those that are not told apart.
  private final Map<Optional<C>, Span<C>> spans = new LinkedHashMap<>();

  /** Returns whether a line is told now; else it is counted. */
  public synchronized boolean isFirst(C cause, String line, Instant now) {
    Optional<C> counted = Optional.of(cause);
    if (!spans.containsKey(counted) && spans.size() >= MOST_CAUSES) {
      counted = Optional.empty();
    }
    Span<C> span = spans.get(counted);
    if (span == null) {
      spans.put(counted, new Span<>(cause, now, SPAN));
      return true;
    }
    span.more++;
    span.last = line;
    return false;
  }

  /** Returns what there is to tell of the lines that were counted in spans that have ended. */
  public synchronized List<LeftOut<C>> leftOut(Instant now) {
    List<LeftOut<C>> told = new ArrayList<>();
    for (Map.Entry<Optional<C>, Span<C>> entry : List.copyOf(spans.entrySet())) {
      Span<C> span = entry.getValue();
      if (!span.since.plus(span.length).isAfter(now)) {
        if (span.more == 0) {
          spans.remove(entry.getKey());
        } else {
          told.add(span.leftOut());
          spans.put(entry.getKey(), span.next(now));
        }
      }
    }
    return told;
  }

  /** Returns whether there is something that was counted and not told. */
  public synchronized boolean isCounting() {
    return spans.values().stream().anyMatch(span -> span.more > 0);
  }

  /** Returns what there is to tell of all spans; what comes next is told at once. */
  public synchronized List<LeftOut<C>> drain() {
    List<LeftOut<C>> told = new ArrayList<>();
    for (Iterator<Span<C>> left = spans.values().iterator(); left.hasNext(); left.remove()) {
      Span<C> span = left.next();
      if (span.more > 0) {
        told.add(span.leftOut());
      }
    }
    return told;
  }
}
