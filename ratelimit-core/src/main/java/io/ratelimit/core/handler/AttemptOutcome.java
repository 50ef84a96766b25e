package io.ratelimit.core.handler;

import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import java.time.Duration;
import java.util.Optional;

/** The outcome of one attempt, and how it is settled with the queue. */
public sealed interface AttemptOutcome {

  /** Settles the outcome with the queue. */
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
   * The attempt failed, and the event will be retried.
   *
   * @param delay how long to wait before the retry
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
   * Everyone must pause, or only one key, and the event is processed again; this attempt does not
   * count.
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

  /** The attempt was canceled, and the event is given back; the attempt does not count. */
  record Released() implements AttemptOutcome {
    @Override
    public Settlement settle(EventQueue queue, Lease lease) {
      return queue.release(lease);
    }
  }
}
