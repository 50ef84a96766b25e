package io.ratelimit.core.handler;

import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import java.time.Duration;
import java.util.Optional;

/** What became of one attempt, and how it is settled with the queue. */
public sealed interface AttemptOutcome {

  /** Tells the queue. */
  Settlement settle(EventQueue queue, Lease lease);

  /** Returns what went wrong; empty if nothing did. */
  default Optional<Failure> cause() {
    return Optional.empty();
  }

  /** The event is done. */
  record Done() implements AttemptOutcome {
    @Override
    public Settlement settle(EventQueue queue, Lease lease) {
      return queue.ack(lease);
    }
  }

  /**
   * The attempt failed, and another is to be made.
   *
   * @param delay after which time
   * @param failure what went wrong
   */
  record Retry(Duration delay, Failure failure) implements AttemptOutcome {
    @Override
    public Optional<Failure> cause() {
      return Optional.of(failure);
    }

    /** Returns what went wrong, for people. */
    public String reason() {
      return failure.reason();
    }

    @Override
    public Settlement settle(EventQueue queue, Lease lease) {
      return queue.retry(lease, delay, failure.reason());
    }
  }

  /**
   * The event is given up.
   *
   * @param failure what went wrong
   */
  record Failed(Failure failure) implements AttemptOutcome {
    @Override
    public Optional<Failure> cause() {
      return Optional.of(failure);
    }

    /** Returns what went wrong, for people. */
    public String reason() {
      return failure.reason();
    }

    @Override
    public Settlement settle(EventQueue queue, Lease lease) {
      return queue.fail(lease, failure.reason());
    }
  }

  /**
   * Everybody must pause, or all of one key, and the event is processed again without this attempt
   * being counted.
   *
   * @param pause for how long
   * @param failure why
   */
  record Throttled(Duration pause, Failure failure) implements AttemptOutcome {
    @Override
    public Optional<Failure> cause() {
      return Optional.of(failure);
    }

    /** Returns what went wrong, for people. */
    public String reason() {
      return failure.reason();
    }

    @Override
    public Settlement settle(EventQueue queue, Lease lease) {
      // The pause comes first, or the event could be taken again before it holds.
      Optional<LimitKey> key = failure.pausedKey();
      if (key.isEmpty()) {
        queue.limitControl().pauseFor(pause);
        return queue.release(lease);
      }
      try {
        queue.namedLimitControl().pauseFor(key.get(), pause);
      } catch (IllegalArgumentException noSuchLimit) {
        return queue.retry(lease, pause, failure.reason());
      }
      return queue.release(lease);
    }
  }

  /** The attempt was broken off, and the event is given back without it being counted. */
  record Released() implements AttemptOutcome {
    @Override
    public Settlement settle(EventQueue queue, Lease lease) {
      return queue.release(lease);
    }
  }
}
