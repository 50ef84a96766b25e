package io.ratelimit.core.internal.report;

import static java.util.Objects.requireNonNullElse;

import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.report.Spread;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The results of some attempts, in a size that does not grow with their number: counts,
 * distributions of durations, and the last few reasons for failures. Immutable; consists of values
 * that a JSON library can write as they are.
 *
 * @param attempts how many attempts there were
 * @param permits their total weight
 * @param done how many finished their event
 * @param failed how many gave their event up
 * @param retries how many failed and were scheduled for a retry
 * @param released how many were canceled or did not count
 * @param staleLeases how many could not be settled because their lease was lost
 * @param firstStart when the first one started
 * @param lastStart when the last one started
 * @param busy how long the attempts took in total
 * @param waiting how long events waited from publication to their first start
 * @param processing how long attempts took
 * @param byType the results by event type, in order of first appearance, at most {@value
 *     #MOST_TYPES}: later types count as {@value #OTHER_TYPES}; unmodifiable
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
    Spread waiting,
    Spread processing,
    List<OfType> byType,
    List<String> reasons) {

  /** The most types counted separately. */
  public static final int MOST_TYPES = 50;

  /** The most types for which lanes report processing times. */
  public static final int MOST_TIMED_TYPES = 10;

  /** The most reasons kept. */
  public static final int MOST_REASONS = 5;

  /** The most bytes of a reason, in UTF-8. */
  public static final int REASON_BYTES = 200;

  /** The type that stands for all others if there are too many to count separately. */
  public static final String OTHER_TYPES = "(other types)";

  /** No attempts. */
  public static final AttemptTally NONE = new Counter().tally();

  /**
   * The results of the attempts at events of one type.
   *
   * @param type the name of the type
   * @param attempts how many attempts there were
   * @param done how many finished their event
   * @param failed how many gave their event up
   * @param retries how many failed and were scheduled for a retry
   * @param busy how long they took in total
   * @param processing how long each took; incomplete if there are too many types to time, or if an
   *     earlier version counted some attempts
   */
  public record OfType(
      String type,
      long attempts,
      long done,
      long failed,
      long retries,
      Duration busy,
      Spread processing) {

    /** Replaces missing processing times with none: an earlier version did not report them. */
    public OfType {
      processing = requireNonNullElse(processing, Spread.NONE);
    }

    /** Returns a type without attempts. */
    public static OfType none(String type) {
      return new OfType(type, 0, 0, 0, 0, Duration.ZERO, Spread.NONE);
    }

    private OfType plus(OfType other) {
      return new OfType(
          type,
          attempts + other.attempts,
          done + other.done,
          failed + other.failed,
          retries + other.retries,
          busy.plus(other.busy),
          processing.plus(other.processing));
    }

    private OfType named(String name, boolean timed) {
      return new OfType(
          name, attempts, done, failed, retries, busy, timed ? processing : Spread.NONE);
    }
  }

  /** Copies the lists. */
  public AttemptTally {
    byType = List.copyOf(byType);
    reasons = List.copyOf(reasons);
  }

  /** Returns the tally of these attempts and later ones together. */
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
    String name = name(types.keySet(), type.type());
    OfType before = types.get(name);
    boolean timed =
        before == null ? types.size() < MOST_TIMED_TYPES : before.processing.total() > 0;
    OfType more = type.named(name, timed);
    types.put(name, before == null ? more : before.plus(more));
  }

  /** Returns the name to count a type under: its own, or the one that stands for all others. */
  private static String name(Set<String> types, String type) {
    return types.contains(type) || types.size() < MOST_TYPES - 1 ? type : OTHER_TYPES;
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

  /** Returns a text cut to a number of bytes of UTF-8, never within a character. */
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
    private final int mostTimedTypes;
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
    private final SpreadCounter waiting = new SpreadCounter();
    private final SpreadCounter processing = new SpreadCounter();
    private final Map<String, TypeCounter> types = new LinkedHashMap<>();
    private final List<String> reasons = new ArrayList<>();

    /** Creates a counter for a tally that is sent in a message. */
    public Counter() {
      this(MOST_TIMED_TYPES);
    }

    /**
     * Creates a counter.
     *
     * @param mostTimedTypes the most types to count processing times for
     */
    public Counter(int mostTimedTypes) {
      this.mostTimedTypes = mostTimedTypes;
    }

    private static final class TypeCounter {
      private final boolean timed;
      private long attempts;
      private long done;
      private long failed;
      private long retries;
      private Duration busy = Duration.ZERO;
      private final SpreadCounter processing = new SpreadCounter();

      TypeCounter(boolean timed) {
        this.timed = timed;
      }

      void took(Duration took) {
        attempts++;
        busy = busy.plus(took);
        if (timed) {
          processing.add(took);
        }
      }

      OfType tally(String name) {
        return new OfType(name, attempts, done, failed, retries, busy, processing.spread());
      }
    }

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
      TypeCounter type = type(lease.event().type().name());
      type.took(took);
      if (settlement == Settlement.STALE_LEASE) {
        staleLeases++;
      } else if (outcome instanceof AttemptOutcome.Done) {
        done++;
        type.done++;
      } else if (outcome instanceof AttemptOutcome.Failed because) {
        failed++;
        type.failed++;
        reason(because.reason());
      } else if (outcome instanceof AttemptOutcome.Retry because) {
        retries++;
        type.retries++;
        reason(because.reason());
      } else {
        released++;
      }
    }

    private TypeCounter type(String name) {
      boolean timed = types.size() < mostTimedTypes;
      return types.computeIfAbsent(name(types.keySet(), name), another -> new TypeCounter(timed));
    }

    private void reason(String reason) {
      reasons.add(cut(reason, REASON_BYTES));
      if (reasons.size() > MOST_REASONS) {
        reasons.remove(0);
      }
    }

    /** Returns the tally so far. */
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
          waiting.spread(),
          processing.spread(),
          types.entrySet().stream().map(type -> type.getValue().tally(type.getKey())).toList(),
          reasons);
    }
  }
}
