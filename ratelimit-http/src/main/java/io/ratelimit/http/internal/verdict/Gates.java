package io.ratelimit.http.internal.verdict;

import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.http.answer.Verdict.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The gate for all requests, and one for each key that the API pauses. Thread-safe. */
public final class Gates {

  /**
   * The most paused keys to remember; beyond that, the oldest pauses are forgotten, but the queue
   * has them.
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
   * @param closed the closed gate; empty if the request may be made
   * @param stayAway how long to stay away; empty if the request may be made
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
   * @param scope the scope; {@code KEY} only if the entry has a key
   * @param wanted the wanted length: more than zero
   * @return the actual length
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

  /** Notes that a request did not tell whether the API answers again. */
  public synchronized void leave(Entry entry) {
    everyone.leave(entry.everyone());
    ownGate(entry).ifPresent(gate -> gate.leave(entry.own()));
  }

  private Optional<Gate> ownGate(Entry entry) {
    return entry.key().map(closed::get);
  }
}
