package io.ratelimit.core.queue;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.internal.check.Requirements;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The terms under which events are published: when they may start, when they expire, and which
 * others they replace. They hold for all events of a call.
 *
 * <p>Times count from the publication, by the queue's clock. Immutable. A duration of more than a
 * hundred years counts as a hundred years.
 *
 * @param delay how long the events wait before they are pending: 0 or more
 * @param expiry when waiting events expire, if they do
 * @param latest of which events only the latest matters, if any
 * @param dedupAfterDone how long an id remains a duplicate after its event is done: 0 or more
 */
public record PublishTerms(
    Duration delay, Optional<Expiry> expiry, Optional<Latest> latest, Duration dedupAfterDone) {

  /** The most characters in the key of {@link Latest}. */
  public static final int MAX_KEY_LENGTH = 256;

  /** Pending at once, without an expiry, and without replacing other events. */
  public static final PublishTerms DEFAULT =
      new PublishTerms(Duration.ZERO, Optional.empty(), Optional.empty(), Duration.ZERO);

  /** What happens to an event that expires. */
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

  /** Where an event waits that replaces another. */
  public enum Place {
    /**
     * In the place of the replaced event, and delayed no longer than that: the key gets its turn
     * however often its event is replaced.
     */
    KEPT,
    /**
     * Behind all others, with its own delay: an event starts once no other event with its key has
     * been published for that long.
     */
    NEW
  }

  /**
   * Events with a key, of which only the latest matters.
   *
   * @param key the key of an event: 1 to {@value #MAX_KEY_LENGTH} characters, well-formed, no
   *     control characters; with null, the event replaces nothing
   * @param place where an event waits that replaces another
   */
  public record Latest(Function<AuditEvent, @Nullable String> key, Place place) {

    /** Creates it. */
    public Latest {
      requireNonNull(key, "key");
      requireNonNull(place, "place");
    }

    /**
     * Returns the key of an event, if it has one.
     *
     * @throws IllegalArgumentException if the key has another form
     */
    public Optional<String> of(AuditEvent event) {
      String value = key.apply(event);
      if (value != null && !isKey(value)) {
        throw new IllegalArgumentException(
            "the key of event "
                + Printable.text(event.id())
                + " must be 1 to "
                + MAX_KEY_LENGTH
                + " characters, well-formed, without control characters, but is "
                + Printable.quoted(value));
      }
      return Optional.ofNullable(value);
    }

    private static boolean isKey(String text) {
      return !text.isEmpty()
          && text.length() <= MAX_KEY_LENGTH
          && text.codePoints()
              .noneMatch(
                  c ->
                      Character.isISOControl(c)
                          || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
    }
  }

  /**
   * Creates terms.
   *
   * @throws IllegalArgumentException if the delay or the time after done is negative, or the events
   *     would expire before they could start
   */
  public PublishTerms {
    requireNonNull(latest, "latest");
    delay = Requirements.notNegative("delay", delay);
    dedupAfterDone = Requirements.notNegative("dedup after done", dedupAfterDone);
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
   * Returns these terms with a delayed start: the events are <em>delayed</em> for this long, as
   * before a retry, and then take their place in the order of publication.
   *
   * @throws IllegalArgumentException if the delay is negative, or not before the expiry
   */
  public PublishTerms withDelay(Duration newDelay) {
    return new PublishTerms(newDelay, expiry, latest, dedupAfterDone);
  }

  /**
   * Returns these terms with an expiry: an event that is waiting (pending or delayed) at that time,
   * or waits again later, is no longer handed out. It costs no permit, and counts as {@link
   * QueueStats#expired}. An attempt under way continues. An event that is redriven from the failed
   * queue no longer expires.
   *
   * @param after how long after the publication: more than zero, and more than the delay
   * @param then what becomes of the events
   * @throws IllegalArgumentException if the duration is outside its range
   */
  public PublishTerms withExpiry(Duration after, Expired then) {
    return new PublishTerms(delay, Optional.of(new Expiry(after, then)), latest, dedupAfterDone);
  }

  /**
   * Returns these terms for events of which only the latest with a key matters: an event replaces
   * the waiting event (pending or delayed) with its key, which is discarded and counts as {@link
   * QueueStats#replaced}. An attempt under way continues; if its event would wait again while a
   * later one with its key is unfinished, it is discarded too. So at most one event of a key waits.
   * A failed event is not redriven while another of its key is unfinished.
   *
   * @param key the key of an event, see {@link Latest}
   * @param place where an event waits that replaces another
   */
  public PublishTerms withLatest(Function<AuditEvent, @Nullable String> key, Place place) {
    return new PublishTerms(delay, expiry, Optional.of(new Latest(key, place)), dedupAfterDone);
  }

  /**
   * Returns these terms for ids that remain duplicates for a while after their event is done:
   * publishing one again then changes nothing, if both events were published under such terms. An
   * event that failed or was discarded is not done. Each remembered id takes space in the queue's
   * store.
   *
   * @param window how long after the event is done: 0 or more
   * @throws IllegalArgumentException if the window is negative
   */
  public PublishTerms withDedupAfterDone(Duration window) {
    return new PublishTerms(delay, expiry, latest, window);
  }
}
