package io.ratelimit.core.queue;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Requirements;
import java.time.Duration;
import java.util.Optional;

/**
 * The terms under which events are published: from when on they may start, and until when. They
 * hold for all events of a call.
 *
 * <p>Times count from the publication, by the queue's clock. Immutable. A duration of more than a
 * hundred years counts as a hundred years.
 *
 * @param delay how long the events wait before they are pending: 0 or more
 * @param expiry when their wait ends without a start, if it does
 */
public record PublishTerms(Duration delay, Optional<Expiry> expiry) {

  /** Pending at once, for ever. */
  public static final PublishTerms DEFAULT = new PublishTerms(Duration.ZERO, Optional.empty());

  /** What becomes of an event that expires. */
  public enum Expired {
    /** It is discarded. */
    DISCARDED,
    /** It goes to the failed queue, with the reason "expired". */
    FAILED
  }

  /**
   * The end of a wait.
   *
   * @param after how long after the publication: more than zero
   * @param then what becomes of the event
   */
  public record Expiry(Duration after, Expired then) {

    /**
     * Creates an expiry.
     *
     * @throws IllegalArgumentException if the duration is not more than zero
     */
    public Expiry {
      after = Requirements.positive("expiry", after);
      requireNonNull(then, "then");
    }
  }

  /**
   * Creates terms.
   *
   * @throws IllegalArgumentException if the delay is negative, or the events would expire before
   *     they could start
   */
  public PublishTerms {
    delay = Requirements.notNegative("delay", delay);
    if (expiry.isPresent() && expiry.get().after().compareTo(delay) <= 0) {
      throw new IllegalArgumentException(
          "expiry must be later than the delay of "
              + delay
              + " but is "
              + expiry.get().after()
              + ": the events could never start");
    }
  }

  /**
   * Returns these terms with a delayed start: the events are <em>delayed</em> for so long, as they
   * are before a retry, and then take their place in the order of publication.
   *
   * @throws IllegalArgumentException if the delay is negative, or not before the expiry
   */
  public PublishTerms withDelay(Duration newDelay) {
    return new PublishTerms(newDelay, expiry);
  }

  /**
   * Returns these terms with an expiry: an event that waits when it is reached, pending or delayed
   * for its start or a retry, or that waits again later, is not handed out any more. It costs no
   * permit, and counts as {@link QueueStats#expired}. An attempt under way goes on. An event that
   * is redriven from the failed queue expires no more.
   *
   * @param after how long after the publication: more than zero, and more than the delay
   * @param then what becomes of the events
   * @throws IllegalArgumentException if the duration is outside its range
   */
  public PublishTerms withExpiry(Duration after, Expired then) {
    return new PublishTerms(delay, Optional.of(new Expiry(after, then)));
  }
}
