package io.ratelimit.core.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What a take found. Times are by the queue's {@link EventQueue#time() time}. */
public sealed interface TakeResult {

  /**
   * Returns when to ask again: when the limit allows the next start, when something is due, when a
   * pause ends, or now if there may be more to take. An answer that can change without notice is
   * trusted only for a while.
   *
   * @param now the time of the answer, by the queue's time
   * @param idlePoll how long to trust that nothing waits, or that starts are paused, should a
   *     wake-up be lost
   */
  Instant askAgainAt(Instant now, Duration idlePoll);

  private static Instant earlier(Instant one, Optional<Instant> other) {
    return other.filter(instant -> instant.isBefore(one)).orElse(one);
  }

  /**
   * Events, each with a permit that is spent.
   *
   * @param leases at least one, at most as many as were asked for; unmodifiable
   * @param rest what another take would have found right after, if known: why there are fewer
   *     events than requested; never {@code Taken}
   */
  record Taken(List<Lease> leases, Optional<TakeResult> rest) implements TakeResult {

    /**
     * Copies the leases.
     *
     * @throws IllegalArgumentException if the rest is taken, too
     */
    public Taken {
      leases = List.copyOf(leases);
      if (rest.isPresent() && rest.get() instanceof Taken) {
        throw new IllegalArgumentException("the rest must not be taken, but is " + rest.get());
      }
    }

    /** Creates a result of which nothing else is known. */
    public Taken(List<Lease> leases) {
      this(leases, Optional.empty());
    }

    @Override
    public Instant askAgainAt(Instant now, Duration idlePoll) {
      return rest.map(found -> found.askAgainAt(now, idlePoll)).orElse(now);
    }
  }

  /**
   * An event waits, but the limit allows no start yet. The event keeps its place, and no permit was
   * spent.
   *
   * @param at when to ask again; earlier is pointless unless a setting changes. Under a demand it
   *     is not later than the demand's end, which may be extended meanwhile
   */
  record NotBefore(Instant at) implements TakeResult {
    @Override
    public Instant askAgainAt(Instant now, Duration idlePoll) {
      return at;
    }
  }

  /**
   * Nothing waits. No permit was spent.
   *
   * @param nextDue when the next retry falls due or the next lease expires, if there is one
   */
  record Empty(Optional<Instant> nextDue) implements TakeResult {
    @Override
    public Instant askAgainAt(Instant now, Duration idlePoll) {
      return earlier(now.plus(idlePoll), nextDue);
    }
  }

  /**
   * Starts are paused. No permit was spent.
   *
   * @param until when the pause ends by itself, if it does
   */
  record Paused(Optional<Instant> until) implements TakeResult {
    @Override
    public Instant askAgainAt(Instant now, Duration idlePoll) {
      return earlier(now.plus(idlePoll), until);
    }
  }
}
