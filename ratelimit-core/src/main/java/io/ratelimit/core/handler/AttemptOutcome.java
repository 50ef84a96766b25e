package io.ratelimit.core.handler;

import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import java.time.Duration;

/** What became of one attempt, and how it is settled with the queue. */
public sealed interface AttemptOutcome {

  /** Tells the queue. */
  Settlement settle(EventQueue queue, Lease lease);

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
   * @param reason what went wrong
   */
  record Retry(Duration delay, String reason) implements AttemptOutcome {
    @Override
    public Settlement settle(EventQueue queue, Lease lease) {
      return queue.retry(lease, delay, reason);
    }
  }

  /**
   * The event is given up.
   *
   * @param reason what went wrong
   */
  record Failed(String reason) implements AttemptOutcome {
    @Override
    public Settlement settle(EventQueue queue, Lease lease) {
      return queue.fail(lease, reason);
    }
  }

  /**
   * Everybody must pause, and the event is processed again without this attempt being counted.
   *
   * @param pause for how long
   * @param reason why
   */
  record Throttled(Duration pause, String reason) implements AttemptOutcome {
    @Override
    public Settlement settle(EventQueue queue, Lease lease) {
      // The pause comes first, or the event could be taken again before it holds.
      queue.limitControl().pauseFor(pause);
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
