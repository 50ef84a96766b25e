package io.ratelimit.core.queue;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What a take found. Times are by the queue's {@link EventQueue#time() time}. */
public sealed interface TakeResult {

  /**
   * Events, each with a permit that is spent.
   *
   * @param leases at least one, at most as many as were asked for; unmodifiable
   */
  record Taken(List<Lease> leases) implements TakeResult {

    /** Copies the leases. */
    public Taken {
      leases = List.copyOf(leases);
    }
  }

  /**
   * An event waits, but the limit allows no start yet. The event kept its place and no permit was
   * spent.
   *
   * @param at when to ask again; earlier is pointless unless a setting changes
   */
  record NotBefore(Instant at) implements TakeResult {}

  /**
   * Nothing waits. No permit was spent.
   *
   * @param nextDue when the next retry falls due or the next lease expires, if there is one
   */
  record Empty(Optional<Instant> nextDue) implements TakeResult {}

  /**
   * Starts are paused. No permit was spent.
   *
   * @param until when the pause ends by itself, if it does
   */
  record Paused(Optional<Instant> until) implements TakeResult {}
}
