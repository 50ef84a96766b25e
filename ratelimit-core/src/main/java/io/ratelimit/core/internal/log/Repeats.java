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
 * Decides which lines to log: the first of each cause, and then, once per {@link #SPAN}, the number
 * of further ones. Each further span is twice as long, up to {@link #LONGEST_SPAN}. Reads no clock.
 * Thread-safe.
 *
 * @param <C> the type of causes, with {@code equals}
 */
public final class Repeats<C> {

  /** How long lines of a cause are counted before their number is logged. */
  public static final Duration SPAN = Duration.ofSeconds(10);

  /** The longest span. */
  static final Duration LONGEST_SPAN = Duration.ofMinutes(5);

  /** The most causes to tell apart at a time; all others together count as one more. */
  static final int MOST_CAUSES = 100;

  /**
   * The report on lines that were left out.
   *
   * @param cause their cause
   * @param line their number, and the last of them
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

  // The lines of all causes that are not told apart.
  private final Map<Optional<C>, Span<C>> spans = new LinkedHashMap<>();

  /** Returns whether to log a line now; otherwise counts it. */
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

  /** Returns the reports on spans that have ended. */
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

  /** Returns whether there are counted lines not yet reported. */
  public synchronized boolean isCounting() {
    return spans.values().stream().anyMatch(span -> span.more > 0);
  }

  /** Returns the reports on all spans, and starts over. */
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
