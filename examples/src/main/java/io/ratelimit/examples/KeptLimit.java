package io.ratelimit.examples;

import io.ratelimit.core.limit.Decision;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.LimitState;
import io.ratelimit.core.limit.RateLimit;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Keeps what a limit remembers in a host's own store. */
final class KeptLimit {

  /** One value that a host's store changes in one step, at a time of its own clock. */
  interface Cell {
    void change(Instant now, UnaryOperator<Optional<String>> change);
  }

  /** Returns what the limit says to a start now. */
  static Decision start(Cell cell, Instant now) {
    Decision[] decided = new Decision[1];
    cell.change(now, kept -> Optional.of(start(kept, now, decided)));
    return decided[0];
  }

  private static String start(Optional<String> kept, Instant now, Decision[] decided) {
    // docs/own-queue.md
    LimitSettings first = LimitSettings.of(RateLimit.of(20).perMinute());
    LimitState state =
        kept.map(LimitState::parse).orElseGet(() -> LimitState.unknownUntil(now, first));
    Decision decision = state.decide(now, 1);
    LimitState next = decision instanceof Decision.Granted granted ? granted.next() : state;
    String text = next.toText();
    // docs/own-queue.md
    decided[0] = decision;
    return text;
  }

  private KeptLimit() {}
}
