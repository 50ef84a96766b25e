package io.ratelimit.core.queue;

import io.ratelimit.core.internal.check.Requirements;
import java.time.Duration;

/**
 * The terms under which events are published: from when on they may start. They hold for all events
 * of a call.
 *
 * <p>Times count from the publication, by the queue's clock. Immutable. A duration of more than a
 * hundred years counts as a hundred years.
 *
 * @param delay how long the events wait before they are pending: 0 or more
 */
public record PublishTerms(Duration delay) {

  /** Pending at once. */
  public static final PublishTerms DEFAULT = new PublishTerms(Duration.ZERO);

  /**
   * Creates terms.
   *
   * @throws IllegalArgumentException if the delay is negative
   */
  public PublishTerms {
    delay = Requirements.notNegative("delay", delay);
  }

  /**
   * Returns these terms with a delayed start: the events are <em>delayed</em> for so long, as they
   * are before a retry, and then take their place in the order of publication.
   *
   * @throws IllegalArgumentException if the delay is negative
   */
  public PublishTerms withDelay(Duration newDelay) {
    return new PublishTerms(newDelay);
  }
}
