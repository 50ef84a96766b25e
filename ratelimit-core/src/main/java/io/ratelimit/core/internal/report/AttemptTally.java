package io.ratelimit.core.internal.report;

import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What came of some attempts, in a size that does not grow with their number: counts, how durations
 * are spread, and the last few reasons for failures. Immutable; made of values that a JSON library
 * can write as they are.
 *
 * @param attempts how many there were
 * @param permits what they weighed
 * @param done how many finished their event
 * @param failed how many gave it up
 * @param retries how many are to be made again
 * @param released how many were broken off or did not count
 * @param staleLeases how many could not be settled because their lease was lost
 * @param firstStart when the first was started
 * @param lastStart when the last was started
 * @param busy how long they took together
 * @param waiting how long events waited from publication to their first start
 * @param processing how long attempts took
 * @param byType the same by name of event type, at most {@value #MOST_TYPES} of them: in the order
 *     in which they came, later ones as {@value #OTHER_TYPES}; unmodifiable
 * @param reasons the last {@value #MOST_REASONS} reasons of failed attempts, in order, each cut to
 *     {@value #REASON_BYTES} bytes; unmodifiable
 */
public record AttemptTally(
    long attempts,
    long permits,
    long done,
    long failed,
    long retries,
    long released,
    long staleLeases,
    Optional<Instant> firstStart,
    Optional<Instant> lastStart,
    Duration busy,
    DurationHistogram waiting,
    DurationHistogram processing,
    List<OfType> byType,
    List<String> reasons) {

  /** So many types are told apart. */
  public static final int MOST_TYPES = 50;

  /** So many reasons are kept. */
  public static final int MOST_REASONS = 5;

  /** A reason is cut to so many bytes of UTF-8. */
  public static final int REASON_BYTES = 200;

  private static final String OTHER_TYPES = "(other types)";

  /** No attempts. */
  public static final AttemptTally NONE = new Counter().tally();

  /**
   * What came of the attempts at events of one type.
   *
   * @param type the name of the type
   * @param attempts how many there were
   * @param done how many finished their event
   * @param failed how many gave it up
   * @param busy how long they took together
   */
  public record OfType(String type, long attempts, long done, long failed, Duration busy) {

    private OfType plus(OfType other) {
      return new OfType(
          type,
          attempts + other.attempts,
          done + other.done,
          failed + other.failed,
          busy.plus(other.busy));
    }
  }

  /** Copies the lists. */
  public AttemptTally {
    byType = List.copyOf(byType);
    reasons = List.copyOf(reasons);
  }

  /** Returns these attempts and later ones. */
  public AttemptTally plus(AttemptTally later) {
    Map<String, OfType> types = new LinkedHashMap<>();
    byType.forEach(type -> add(types, type));
    later.byType.forEach(type -> add(types, type));
    List<String> allReasons = new ArrayList<>(reasons);
    allReasons.addAll(later.reasons);
    return new AttemptTally(
        attempts + later.attempts,
        permits + later.permits,
        done + later.done,
        failed + later.failed,
        retries + later.retries,
        released + later.released,
        staleLeases + later.staleLeases,
        earlier(firstStart, later.firstStart),
        later(lastStart, later.lastStart),
        busy.plus(later.busy),
        waiting.plus(later.waiting),
        processing.plus(later.processing),
        List.copyOf(types.values()),
        last(allReasons));
  }

  private static void add(Map<String, OfType> types, OfType type) {
    boolean known = types.containsKey(type.type());
    boolean room = types.size() < MOST_TYPES - 1;
    String name = known || room ? type.type() : OTHER_TYPES;
    types.merge(
        name,
        new OfType(name, type.attempts(), type.done(), type.failed(), type.busy()),
        OfType::plus);
  }

  private static List<String> last(List<String> reasons) {
    return reasons.subList(Math.max(0, reasons.size() - MOST_REASONS), reasons.size());
  }

  private static Optional<Instant> earlier(Optional<Instant> one, Optional<Instant> other) {
    return one.isPresent() && other.filter(o -> o.isBefore(one.get())).isEmpty() ? one : other;
  }

  private static Optional<Instant> later(Optional<Instant> one, Optional<Instant> other) {
    return one.isPresent() && other.filter(o -> o.isAfter(one.get())).isEmpty() ? one : other;
  }

  /** Returns a text cut to so many bytes of UTF-8, in front of a character and not within one. */
  public static String cut(String text, int bytes) {
    if (text.length() <= bytes / 3) {
      return text;
    }
    byte[] all = text.getBytes(StandardCharsets.UTF_8);
    if (all.length <= bytes) {
      return text;
    }
    String dots = "…";
    int end = bytes - dots.getBytes(StandardCharsets.UTF_8).length;
    while (end > 0 && (all[end] & 0xC0) == 0x80) {
      end--;
    }
    return new String(all, 0, end, StandardCharsets.UTF_8) + dots;
  }

  /** Counts attempts one by one. Not thread-safe. */
  public static final class Counter {
    private long attempts;
    private long permits;
    private long done;
    private long failed;
    private long retries;
    private long released;
    private long staleLeases;
    private Optional<Instant> firstStart = Optional.empty();
    private Optional<Instant> lastStart = Optional.empty();
    private Duration busy = Duration.ZERO;
    private final DurationHistogram.Counter waiting = new DurationHistogram.Counter();
    private final DurationHistogram.Counter processing = new DurationHistogram.Counter();
    private final Map<String, OfType> types = new LinkedHashMap<>();
    private final List<String> reasons = new ArrayList<>();

    /** Counts an attempt that has ended. */
    public void add(Lease lease, AttemptOutcome outcome, Duration took, Settlement settlement) {
      attempts++;
      permits += lease.event().weight();
      firstStart = earlier(firstStart, Optional.of(lease.takenAt()));
      lastStart = later(lastStart, Optional.of(lease.takenAt()));
      busy = busy.plus(took);
      if (lease.attempt() == 1) {
        waiting.add(Duration.between(lease.publishedAt(), lease.takenAt()));
      }
      processing.add(took);
      boolean isDone = false;
      boolean isFailed = false;
      if (settlement == Settlement.STALE_LEASE) {
        staleLeases++;
      } else if (outcome instanceof AttemptOutcome.Done) {
        isDone = true;
      } else if (outcome instanceof AttemptOutcome.Failed because) {
        isFailed = true;
        reason(because.reason());
      } else if (outcome instanceof AttemptOutcome.Retry because) {
        retries++;
        reason(because.reason());
      } else {
        released++;
      }
      done += isDone ? 1 : 0;
      failed += isFailed ? 1 : 0;
      AttemptTally.add(
          types,
          new OfType(lease.event().type().name(), 1, isDone ? 1 : 0, isFailed ? 1 : 0, took));
    }

    private void reason(String reason) {
      reasons.add(cut(reason, REASON_BYTES));
      if (reasons.size() > MOST_REASONS) {
        reasons.remove(0);
      }
    }

    /** Returns what was counted. */
    public AttemptTally tally() {
      return new AttemptTally(
          attempts,
          permits,
          done,
          failed,
          retries,
          released,
          staleLeases,
          firstStart,
          lastStart,
          busy,
          waiting.histogram(),
          processing.histogram(),
          List.copyOf(types.values()),
          reasons);
    }
  }
}
