package io.ratelimit.http.internal.verdict;

import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.http.answer.Verdict.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The gate that everyone goes through, and behind it one for each key that the API lets pause.
 * Thread-safe.
 */
public final class Gates {

  /**
   * Of more keys that pause at a time, those that began first are forgotten: the queue has them.
   */
  static final int MOST_KEYS = 10_000;

  private static final Gate.Entry OPEN = new Gate.Entry(0, Optional.empty());

  private final Gate everyone = new Gate();
  private final Map<LimitKey, Gate> closed =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<LimitKey, Gate> eldest) {
          return size() > MOST_KEYS;
        }
      };

  /**
   * Whether a request may be made.
   *
   * @param closed what is in its way; empty if it may
   * @param stayAway for how long none may; empty if this one may
   */
  public record Entry(
      Optional<LimitKey> key,
      Gate.Entry everyone,
      Gate.Entry own,
      Optional<Scope> closed,
      Optional<Duration> stayAway) {}

  /** Returns whether a request may be made now. If so, one of the other methods must follow. */
  public synchronized Entry enter(Optional<LimitKey> key, Instant now) {
    Gate.Entry first = everyone.enter(now);
    if (first.stayAway().isPresent()) {
      return new Entry(key, first, OPEN, Optional.of(Scope.EVERYONE), first.stayAway());
    }
    Optional<Gate> gate = key.map(closed::get);
    Gate.Entry own = gate.isPresent() ? gate.get().enter(now) : OPEN;
    if (own.stayAway().isPresent()) {
      everyone.leave(first);
      return new Entry(key, first, own, Optional.of(Scope.KEY), own.stayAway());
    }
    return new Entry(key, first, own, Optional.empty(), Optional.empty());
  }

  /**
   * Notes that the API wants a pause.
   *
   * @param scope of a key only if there is one
   * @param wanted how long: more than zero
   * @return how long it is to be
   */
  public synchronized Duration pause(Entry entry, Scope scope, Instant now, Duration wanted) {
    if (scope == Scope.EVERYONE) {
      ownGate(entry).ifPresent(gate -> gate.leave(entry.own()));
      return everyone.pause(entry.everyone(), now, wanted);
    }
    everyone.open(entry.everyone());
    return closed
        .computeIfAbsent(entry.key().orElseThrow(), key -> new Gate())
        .pause(entry.own(), now, wanted);
  }

  /** Notes that the API answers again. */
  public synchronized void open(Entry entry) {
    everyone.open(entry.everyone());
    if (ownGate(entry).filter(gate -> gate.open(entry.own())).isPresent()) {
      closed.remove(entry.key().orElseThrow());
    }
  }

  /** Notes that a request told nothing about whether the API answers again. */
  public synchronized void leave(Entry entry) {
    everyone.leave(entry.everyone());
    ownGate(entry).ifPresent(gate -> gate.leave(entry.own()));
  }

  private Optional<Gate> ownGate(Entry entry) {
    return entry.key().map(closed::get);
  }
}
