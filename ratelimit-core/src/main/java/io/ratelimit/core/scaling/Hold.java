package io.ratelimit.core.scaling;

import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.NamedLimitSettings.LimitOverride;
import io.ratelimit.core.limit.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The most total time for which a named limit holds back the events of one of its keys: until the
 * last of them starts, the key is open the rest of the time. An event that does not start then
 * waits for the queue's own limit, a worker, or another of its keys. So the sum over the limits
 * bounds the time until it starts, in whatever order keys take turns.
 *
 * @param key the key that is held back longest; empty if none is
 * @param seconds the time for which it is held back
 * @param isKnown whether no other key can be held back past the deadline
 */
record Hold(Optional<LimitKey> key, double seconds, boolean isKnown) {

  /** Longer than any deadline, with finite sums. */
  static final double FOR_EVER = 1e12;

  private static final Hold NONE = new Hold(Optional.empty(), 0, true);

  /**
   * Assumptions about the attempts.
   *
   * @param input the situation
   * @param expected the expected failures and delays
   * @param seconds the mean time of an attempt of the longest kind
   * @param variance the variance of that time
   * @param risk the accepted probability of more retries; 1 for the expected number
   */
  record Attempts(
      ScalingInput input, Expectations expected, double seconds, double variance, double risk) {

    private double retries(double events, double keys) {
      if (events <= 0) {
        return 0;
      }
      Retries retries = Retries.of(events + input.inFlight(), expected);
      return risk >= 1 ? retries.mean() : retries.quantile(1 - risk / keys);
    }
  }

  /** Returns how long a limit holds the work back. */
  static Hold of(LimitLoad load, Attempts attempts) {
    Hold longest = NONE;
    double number = Math.max(1, load.keys().size() + (double) load.otherKeys());
    boolean knowsNone = load.keys().isEmpty();
    LimitKey any = new LimitKey(load.name(), "");
    for (LimitLoad.Key key : knowsNone ? List.of(LimitLoad.Key.unused(any, 0)) : load.keys()) {
      double seconds = seconds(load, key, number, attempts);
      if (seconds > longest.seconds) {
        longest = new Hold(Optional.of(key.key()), seconds, true);
      }
    }
    boolean others =
        (load.otherKeys() > 0 && !load.othersUnused()) || (knowsNone && load.uncounted() > 0);
    return others ? longest.withOthers(load, number, attempts) : longest;
  }

  private Hold withOthers(LimitLoad load, double number, Attempts attempts) {
    long cost = load.keys().isEmpty() ? 0 : load.keys().get(load.keys().size() - 1).cost();
    double left = Workload.seconds(attempts.input.timeLeft());
    boolean all = isMet(load, load.settings().limit().windows(), cost, number, left, attempts);
    for (LimitOverride override : load.settings().overrides()) {
      all &= isMet(load, override.windows(), cost, number, left, attempts);
    }
    return new Hold(key, seconds, all);
  }

  /** Returns whether a key with these windows, as full as possible, is not held back too long. */
  private static boolean isMet(
      LimitLoad load,
      List<RateLimit> windows,
      long cost,
      double number,
      double left,
      Attempts attempts) {
    List<Long> full = windows.stream().map(window -> (long) window.permits()).toList();
    Duration longest =
        windows.stream()
            .map(RateLimit::window)
            .reduce(Duration.ZERO, (one, other) -> one.compareTo(other) > 0 ? one : other);
    LimitLoad.Key worst =
        new LimitLoad.Key(
            new LimitKey(load.name(), ""),
            cost,
            full,
            load.settings().limit().maxInFlight().orElse(0),
            Optional.of(attempts.input.now().plus(longest)));
    return seconds(load, windows, worst, number, attempts) <= left;
  }

  private static double seconds(LimitLoad load, LimitLoad.Key key, double keys, Attempts attempts) {
    List<RateLimit> windows = load.settings().inForce(key.key().key(), attempts.input.now());
    return seconds(load, windows, key, keys, attempts);
  }

  private static double seconds(
      LimitLoad load, List<RateLimit> windows, LimitLoad.Key key, double keys, Attempts attempts) {
    double waiting = key.cost() + load.uncounted() * (double) load.heaviest();
    if (waiting == 0) {
      return 0;
    }
    double opens = opens(key, attempts.input.now());
    double fewest = Math.ceil(waiting / load.heaviest());
    double more =
        Math.max(attempts.retries(waiting, keys), attempts.retries(fewest, keys) * load.heaviest());
    return Math.min(
        FOR_EVER,
        opens
            + bySpending(load.heaviest(), windows, key, waiting + more - 1, opens > 0)
            + byOthersInFlight(load.settings().limit(), key, waiting, more, attempts));
  }

  private static double opens(LimitLoad.Key key, Instant now) {
    if (key.opens().isEmpty() || !key.opens().get().isAfter(now)) {
      return 0;
    }
    return key.opens().get().equals(Instant.MAX)
        ? FOR_EVER
        : Workload.seconds(Duration.between(now, key.opens().get()));
  }

  /**
   * Returns the seconds from the opening of a key to the last start, if this many permits are spent
   * before it. An empty window counts with a burst; if several windows hold the starts back, the
   * slowest counts for all.
   */
  private static double bySpending(
      int heaviest, List<RateLimit> windows, LimitLoad.Key key, double before, boolean isClosed) {
    int binding = 0;
    double slowest = 0;
    double refill = 0;
    double alone = 0;
    for (int i = 0; i < windows.size(); i++) {
      RateLimit window = windows.get(i);
      double held = key.held(i);
      if (held + before < window.burst()) {
        continue;
      }
      binding++;
      // The remaining permits of a window may be too few for another event.
      int usable = Math.max(1, window.permits() - heaviest + 1);
      double interval = window.secondsPerPermit() * window.permits() / usable;
      slowest = Math.max(slowest, interval);
      if (held + before < usable) {
        double unspent = Math.max(0, held + before - window.burst() + 1);
        alone = interval * (isClosed ? before : Math.min(before, unspent));
      } else if (held == 0 && !isClosed) {
        double cycles = Math.floor(before / usable);
        double rest = Math.max(0, before - cycles * usable - window.burst() + 1);
        alone = cycles * Workload.seconds(window.window()) + rest * interval;
      } else {
        // The latest starts leave last: a burst of them, and the rest paced before it.
        refill = Math.max(refill, (1.0 + window.burst()) * interval);
        alone = before * interval + refill;
      }
    }
    return binding <= 1 ? alone : before * slowest + refill;
  }

  /** Returns the seconds during which the most attempts of a key are in flight. */
  private static double byOthersInFlight(
      NamedLimit limit, LimitLoad.Key key, double events, double retries, Attempts attempts) {
    if (limit.maxInFlight().isEmpty()) {
      return 0;
    }
    int most = limit.maxInFlight().getAsInt();
    double before = events + retries + key.inFlight() - 1;
    if (before < most) {
      return 0;
    }
    double z = attempts.risk >= 1 ? 0 : Normal.quantile(Math.max(0.5, 1 - attempts.risk));
    double busy = before * attempts.seconds + z * Math.sqrt(before * attempts.variance);
    double waits = 0;
    if (limit.retriesHold() && retries > 0) {
      Expectations expected = attempts.expected;
      waits = retries * expected.backoff().seconds(expected.retries()) / expected.retries();
    }
    return (busy + waits) / most;
  }
}
