package io.ratelimit.core.internal.history;

import io.ratelimit.core.history.HistoryException;
import io.ratelimit.core.history.RoundHistory;
import io.ratelimit.core.history.RoundRecord;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends rounds to a history and survives its failures. Rounds that the history did not keep wait
 * until the next round ends, up to {@value #MOST_WAITING} of them. Older ones are lost, and a note
 * says so. Thread-safe; appends one round at a time.
 */
public final class HistoryKeeper {

  private static final Logger LOG = LoggerFactory.getLogger(HistoryKeeper.class);

  /** The most rounds that wait: at 64 KiB each, at most 2 MiB. */
  public static final int MOST_WAITING = 32;

  private final RoundHistory history;

  /** Held while the history works, so that rounds are kept in order. */
  private final Object appending = new Object();

  /** Held only for moments: a caller of {@link #notes} never waits for the history. */
  private final Object lock = new Object();

  private final Deque<RoundRecord> waiting = new ArrayDeque<>();
  private Optional<Failing> failing = Optional.empty();
  private long kept;
  private long lost;

  private record Failing(Instant since, String reason) {}

  /**
   * @param history keeps the rounds; it stays the caller's
   */
  public HistoryKeeper(RoundHistory history) {
    this.history = history;
  }

  /** Keeps the round that a function creates, and those that wait. Never throws an exception. */
  public void keep(Supplier<RoundRecord> round) {
    try {
      RoundRecord made = round.get();
      synchronized (appending) {
        synchronized (lock) {
          waiting.addLast(made);
        }
        keepWaiting(made.endedAt());
      }
    } catch (RuntimeException failure) {
      lose(1, "the record of a round could not be made", failure);
    }
  }

  /** Tries once more to keep the rounds that wait. Rounds not kept then are lost. */
  public void close() {
    synchronized (appending) {
      RoundRecord oldest = oldest();
      if (oldest != null) {
        keepWaiting(oldest.endedAt());
        loseAllBut(0, new HistoryException("the engine is closed"));
      }
    }
  }

  private void keepWaiting(Instant now) {
    try {
      for (RoundRecord next = oldest(); next != null; next = oldest()) {
        history.append(next);
        synchronized (lock) {
          waiting.removeFirst();
          kept++;
        }
      }
      if (fails(Optional.empty())) {
        LOG.info("the history keeps rounds again");
      }
    } catch (RuntimeException failure) {
      String reason = failure.getMessage() == null ? failure.toString() : failure.getMessage();
      if (!fails(Optional.of(new Failing(now, reason)))) {
        LOG.warn(
            "the history did not keep a round; it is tried again when the next one ends, and the"
                + " rounds go on",
            failure);
      }
      loseAllBut(MOST_WAITING, failure);
    }
  }

  private @Nullable RoundRecord oldest() {
    synchronized (lock) {
      return waiting.peekFirst();
    }
  }

  /** Records whether the history is failing, and returns whether it was failing before. */
  private boolean fails(Optional<Failing> now) {
    synchronized (lock) {
      boolean before = failing.isPresent();
      failing =
          now.map(as -> new Failing(failing.map(Failing::since).orElse(as.since()), as.reason()));
      return before;
    }
  }

  private void loseAllBut(int most, RuntimeException failure) {
    long more = 0;
    synchronized (lock) {
      while (waiting.size() > most) {
        waiting.removeFirst();
        more++;
      }
    }
    if (more > 0) {
      lose(more, "the history keeps nothing, and no more rounds can wait", failure);
    }
  }

  private void lose(long rounds, String why, RuntimeException failure) {
    boolean first;
    synchronized (lock) {
      first = lost == 0;
      lost += rounds;
    }
    if (first) {
      LOG.warn("{}: {} lost; further ones are counted", why, rounds, failure);
    }
  }

  /** Returns how many rounds were kept. */
  public long kept() {
    synchronized (lock) {
      return kept;
    }
  }

  /** Returns how many rounds were lost. */
  public long lost() {
    synchronized (lock) {
      return lost;
    }
  }

  /** Returns notes for people; empty while all is well. */
  public List<String> notes() {
    synchronized (lock) {
      return failing
          .map(
              now ->
                  List.of(
                      "the history has kept no round since "
                          + now.since().truncatedTo(ChronoUnit.SECONDS)
                          + ": "
                          + now.reason()
                          + "; "
                          + waiting.size()
                          + " wait, "
                          + lost
                          + " lost"))
          .orElse(
              lost == 0 ? List.of() : List.of("the history has lost " + lost + " rounds so far"));
    }
  }
}
