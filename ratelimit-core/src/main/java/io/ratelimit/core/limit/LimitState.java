package io.ratelimit.core.limit;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.internal.form.FormReader;
import io.ratelimit.core.internal.form.FormWriter;
import io.ratelimit.core.limit.LimitSettings.Demand;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The state of a rate limit: its settings and the starts of the recent past. A pure state machine:
 * it reads no clock, holds no lock and never changes; {@link #decide} answers with the next state.
 *
 * <p><b>Guarantee.</b> Along one chain of granted states, no half-open interval of the length of
 * the limit's {@linkplain RateLimit#window() window} holds more starts (by weight) than permits.
 * When the limit changes, every start obeys the limit in force at that start, counting the starts
 * already made. An interval that spans the change never holds more than the larger of the two
 * limits; from the first start under the new limit on, it never holds more than the new limit,
 * counted back over its whole window. Time that is no longer remembered counts as full, so a change
 * to a longer window may first wait for that time to leave the window.
 *
 * <p>This counts starts at the cost they were decided with. The actual cost can be reported
 * {@linkplain #corrected later}; every later start then obeys the corrected costs.
 *
 * <p><b>Tightness.</b> A start is denied only if the pace (spacing and burst), the window or a
 * pause forbids it. At the time that a {@link Decision.NotBefore} names, the same request is
 * granted.
 *
 * <p>Time is in whole microseconds: a decision at {@code now} is a decision at the microsecond that
 * contains {@code now}. A clock that goes back is treated as standing still at the latest start.
 *
 * <p>Immutable and thread-safe. A decision is O(log starts) amortized while the limit stays the
 * same, and O(starts in the window) if several starts must leave the window first. After a change
 * of the limit, the pace is recomputed from the latest 1,000 starts; earlier starts are assumed to
 * have spent the burst.
 */
public final class LimitState {

  private static final String KIND = "limit-state";

  // Starts that have left every window are kept for up to this share of the longest window.
  private static final int SPARE_PARTS = 8;

  private final LimitSettings settings;
  private final StartLog log;
  private final Pace pace;
  // The limit for which the pace was computed; for another, it is recomputed from the log.
  private final RateLimit paceLimit;
  private final LargestWindows windows;

  private LimitState(
      LimitSettings settings,
      StartLog log,
      Pace pace,
      RateLimit paceLimit,
      LargestWindows windows) {
    this.settings = requireNonNull(settings, "settings");
    this.log = log;
    this.pace = pace;
    this.paceLimit = paceLimit;
    this.windows = windows;
  }

  /** Returns a state without any earlier starts: the whole burst may start at once. */
  public static LimitState unused(LimitSettings settings) {
    return new LimitState(
        settings, StartLog.EMPTY, Pace.IDLE, settings.normal(), LargestWindows.NONE);
  }

  /**
   * Returns a state whose past up to {@code now} is unknown and therefore counts as full: the first
   * start is a whole window later.
   */
  public static LimitState unknownUntil(Instant now, LimitSettings settings) {
    return new LimitState(
        settings,
        StartLog.forgottenUntil(ceiling(now)),
        Pace.IDLE,
        settings.normal(),
        LargestWindows.NONE.withUnknown(Micros.toInstant(ceiling(now))));
  }

  /**
   * Returns a state that knows only which limits may have been in force up to {@code now}, and
   * assumes that starts were as dense as these allow. Under one paced limit without weights the
   * first start is one interval later; with bursts, weights or a higher limit that may have been in
   * force it is more, up to a window.
   *
   * @param past what may have been in force in the longest window up to {@code now}
   */
  public static LimitState unknownUntil(Instant now, LimitSettings settings, PossiblePast past) {
    long end = ceiling(now);
    StartLog log = StartLog.of(DensestRun.upTo(end, past));
    return under(settings, log, LargestWindows.NONE.withUnknown(Micros.toInstant(end)));
  }

  /**
   * Returns a state that was kept as text: it decides as the one that was written.
   *
   * @param text what {@link #toText} of this version of the library or an earlier one returned
   * @throws IllegalArgumentException if it is something else, of a version that is not known yet,
   *     or damaged. Such a past is unknown, not empty: go on with {@link #unknownUntil(Instant,
   *     LimitSettings)}
   */
  public static LimitState parse(String text) {
    return FormReader.read(
        text,
        KIND,
        LimitForms.VERSION,
        form ->
            new LimitState(
                LimitForms.settings(form),
                StartLog.read(form),
                LimitForms.pace(form),
                LimitForms.limit(form),
                LimitForms.largest(form)));
  }

  /**
   * Returns the whole state as text for a store to keep: printable ASCII without spaces. It has a
   * version and a checksum, and some seven characters for each start in the longest window, up to
   * an eighth more, beside the settings. O(starts).
   */
  public String toText() {
    FormWriter form = new FormWriter(KIND, LimitForms.VERSION);
    LimitForms.write(form, settings);
    log.write(form);
    LimitForms.write(form, pace);
    LimitForms.write(form, paceLimit);
    LimitForms.write(form, windows);
    return form.end();
  }

  private static LimitState under(LimitSettings settings, StartLog log, LargestWindows windows) {
    RateLimit normal = settings.normal();
    return new LimitState(settings, log, log.replay(Pace.Rate.of(normal)), normal, windows);
  }

  /**
   * Returns this state when the starts of the latest stretch of time may be lost: as many are
   * assumed as the past allows, joined to the known starts.
   *
   * @param from when what was lost begins, that time included; not before the latest start
   * @param until when it ends, that time included
   * @param past what may have been in force in it; where an earlier loss is still remembered, also
   *     in the longest window before
   */
  public LimitState withLostStarts(Instant from, Instant until, PossiblePast past) {
    long begin = Math.max(Micros.of(from), log.latest());
    long end = Math.max(ceiling(until), begin);
    LargestWindows known = windows.withUnknown(Micros.toInstant(end));
    if (log.hasRun()) {
      return under(settings, StartLog.of(DensestRun.upTo(end, past)), known);
    }
    DensestRun lost = DensestRun.between(begin, end, log.latest(), log.latestWeight(), past);
    DensestRun.Unknown all = DensestRun.upTo(end, past);
    if (lost.size() == all.run().size()) {
      // All known starts are before it. They count, too, if the limit has room for more one day.
      long forgotten = Math.max(all.forgottenUntil(), log.latest());
      return under(settings, StartLog.of(new DensestRun.Unknown(all.run(), forgotten)), known);
    }
    return lost.size() == 0 ? this : under(settings, log.append(lost), known);
  }

  /** Returns the settings. */
  public LimitSettings settings() {
    return settings;
  }

  /** Returns this state with other settings, which hold from the next decision on. */
  public LimitState withSettings(LimitSettings newSettings) {
    return new LimitState(newSettings, log, pace, paceLimit, windows);
  }

  /**
   * Decides whether a start of this weight may be made now.
   *
   * @param now the time of the request
   * @param weight what it costs, at least 1
   * @throws IllegalArgumentException if the weight is below 1
   */
  public Decision decide(Instant now, int weight) {
    Requirements.atLeast("weight", weight, 1);
    long asked = Math.max(Micros.of(now), log.latest());
    Instant at = Micros.toInstant(asked);
    int largest = settings.largestWeight();
    if (weight > largest) {
      return new Decision.NeverAdmissible(weight, largest);
    }
    long from = asked;
    if (settings.isPaused(at)) {
      Optional<Instant> end = settings.pause().orElseThrow().until();
      if (end.isEmpty()) {
        return new Decision.Paused();
      }
      from = ceiling(end.get());
    }
    long earliest = earliest(from, weight);
    return earliest > asked
        ? new Decision.NotBefore(Micros.toInstant(earliest))
        : new Decision.Granted(at, started(asked, at, weight));
  }

  private long earliest(long asked, int weight) {
    long from = asked;
    while (true) {
      Instant at = Micros.toInstant(from);
      Optional<Demand> raised = settings.raised(at);
      RateLimit limit = raised.map(Demand::limit).orElse(settings.normal());
      long lapse = raised.map(demand -> ceiling(demand.until())).orElse(Long.MAX_VALUE);
      long earliest = Long.MAX_VALUE;
      // A weight for which the raised limit has no room waits until the raise ends.
      if (weight <= limit.permits()) {
        long paced = Math.max(from, paceUnder(limit).earliest(weight, Pace.Rate.of(limit)));
        earliest = log.earliestWithRoom(paced, limit.windowMicros(), limit.permits() - weight);
      }
      // (It lapses after "from", unless it ends beyond the range of microseconds.)
      if (earliest < lapse || lapse <= from) {
        return earliest;
      }
      // By then, another limit is in force, with its own earliest time.
      from = lapse;
    }
  }

  private LimitState started(long start, Instant at, int weight) {
    RateLimit limit = settings.inForce(at);
    Pace next = paceUnder(limit).afterStart(start, weight, Pace.Rate.of(limit));
    long before = start - limit.windowMicros();
    StartLog appended = appended(start, at, weight, limit).readyFor(before);
    LargestWindows larger = windows.with(at, appended.knownAfter(before));
    return new LimitState(settings, appended, next, limit, larger);
  }

  /**
   * Corrects the cost of a start, at the time of that start. Windows and pace then count the actual
   * cost: what is given back lets nothing start earlier than if it had never been spent. Under a
   * burst of more than 1, a debit may hold back the following starts by its own amount, and no
   * longer. Decisions made in the meantime stand, so a window may turn out to be too full; this is
   * reported as far as its starts are remembered.
   *
   * <p>Where more than 1,000 later starts are remembered, a debit counts at the first of the latest
   * 1,000, and nothing is given back. O(log starts) for each of the later starts.
   *
   * @param start when it was made
   * @param change how much more it cost, or less; it never costs less than nothing
   * @param now the time of the correction
   * @return empty if nothing changes: the start has left every window, or is not remembered
   */
  public Optional<Corrected<LimitState>> corrected(Instant start, long change, Instant now) {
    Instant at = Micros.toInstant(Math.max(Micros.of(now), log.latest()));
    if (Micros.of(start) + longestWindow(at) <= Micros.of(at)) {
      return Optional.empty();
    }
    return log.corrected(Micros.of(start), change).map(corrected -> with(corrected, at));
  }

  private Corrected<LimitState> with(StartLog.Corrected corrected, Instant at) {
    StartLog other = corrected.log();
    RateLimit limit = settings.inForce(at);
    long fullest = other.fullestAround(corrected.at(), limit.windowMicros());
    boolean isDebit = corrected.change() > 0;
    LimitState next =
        new LimitState(
            settings,
            other,
            pace.corrected(log, corrected, Pace.Rate.of(paceLimit)),
            paceLimit,
            isDebit ? windows.with(Micros.toInstant(other.latest()), fullest) : windows);
    return new Corrected<>(
        next,
        corrected.change(),
        isDebit && fullest > limit.permits()
            ? List.of(new Corrected.Overrun(limit, fullest - limit.permits()))
            : List.of());
  }

  /**
   * Appends a start. Forgets starts that have left every window only when they are in the way of a
   * decision, or many at once: that costs a store less than one by one.
   */
  private StartLog appended(long start, Instant at, int weight, RateLimit limit) {
    StartLog appended = log.append(start, weight);
    long longest = longestWindow(at);
    long spare = appended.totalWeight() > limit.permits() ? 0 : longest / SPARE_PARTS;
    return appended.oldest() <= start - longest - spare
        ? appended.forget(start - longest)
        : appended;
  }

  private Pace paceUnder(RateLimit limit) {
    return limit.equals(paceLimit) ? pace : log.replay(Pace.Rate.of(limit));
  }

  /** Returns the longest window; lapsed demands no longer count. */
  private long longestWindow(Instant at) {
    long longest = settings.normal().windowMicros();
    for (Demand demand : settings.demands()) {
      if (demand.isLive(at)) {
        longest = Math.max(longest, settings.underCeiling(demand.limit()).windowMicros());
      }
    }
    return longest;
  }

  private static long ceiling(Instant instant) {
    long floor = Micros.of(instant);
    return Micros.toInstant(floor).isBefore(instant) ? floor + 1 : floor;
  }

  /**
   * Returns the weight of the starts in the window of the limit in force that ends at a time,
   * without assumed starts. O(starts).
   */
  public long startsInWindow(Instant now) {
    return log.knownAfter(Micros.of(now) - settings.inForce(now).windowMicros());
  }

  /**
   * Returns the fullest windows of the past, including those of starts that are no longer
   * remembered.
   */
  public LargestWindows largestWindows() {
    return windows;
  }

  /** Returns what the window counts instead of unknown starts, if anything. */
  public Optional<AssumedStarts> assumedStarts(Instant now) {
    return log.assumedAfter(Micros.of(now) - settings.inForce(now).windowMicros());
  }

  /** Returns the latest start that is remembered. */
  public Optional<Instant> latestStart() {
    OptionalLong latest = log.latestKnown();
    return latest.isPresent() && log.totalWeight() > 0
        ? Optional.of(Micros.toInstant(latest.getAsLong()))
        : Optional.empty();
  }

  /**
   * What may have been in force in an unknown stretch of time: its starts obeyed one of these
   * limits at each moment, and none weighed more than this.
   *
   * @param limits at least one
   * @param heaviestWeight at least 1
   */
  public record PossiblePast(List<RateLimit> limits, int heaviestWeight) {

    /**
     * Creates a possible past.
     *
     * @throws IllegalArgumentException if there is no limit or the weight is below 1
     */
    public PossiblePast {
      limits = List.copyOf(limits);
      if (limits.isEmpty()) {
        throw new IllegalArgumentException("limits must be at least one but there is none");
      }
      Requirements.atLeast("the heaviest weight", heaviestWeight, 1);
    }

    /**
     * Returns what settings admitted in the longest window up to a time: the normal limit, the
     * ceiling, and what is demanded, or was until a demand lapsed.
     *
     * @param now the time
     */
    public static PossiblePast under(LimitSettings settings, int heaviestWeight, Instant now) {
      List<RateLimit> limits = new ArrayList<>(List.of(settings.normal()));
      settings.ceiling().ifPresent(limits::add);
      List<Demand> lapsed = new ArrayList<>();
      for (Demand demand : settings.demands()) {
        if (demand.isLive(now)) {
          limits.add(settings.underCeiling(demand.limit()));
        } else {
          lapsed.add(demand);
        }
      }
      // No stretch that is assumed, or counts, is longer.
      long longest = limits.stream().mapToLong(RateLimit::windowMicros).max().orElseThrow();
      for (Demand demand : lapsed) {
        if (Micros.of(demand.until()) > Micros.of(now) - longest) {
          limits.add(settings.underCeiling(demand.limit()));
        }
      }
      return new PossiblePast(limits, heaviestWeight);
    }
  }
}
