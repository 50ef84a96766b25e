package io.ratelimit.core.event;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.internal.check.Requirements;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * A kind of audit event: its name, how urgent it is, and how long processing one is expected to
 * take. The expectation feeds scaling and planning; it bounds nothing.
 *
 * <p>Immutable and thread-safe.
 *
 * @param name 1 to 64 characters from {@code A-Z a-z 0-9 _ . -}
 * @param priority the order in which waiting events of this type are taken
 * @param processingTime the expected time of one attempt, more than zero and at most 24 hours, in
 *     whole microseconds
 */
public record EventType(String name, Priority priority, Duration processingTime) {

  // Must precede the constants below, whose construction needs it.
  private static final Duration LONGEST = Duration.ofHours(24);
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

  /** The expected processing time of a type that does not say otherwise: 10 seconds. */
  public static final Duration DEFAULT_PROCESSING_TIME = Duration.ofSeconds(10);

  /** A wallet must be rebalanced: 8 seconds, {@link Priority#HIGH}, taken before all others. */
  public static final EventType REBALANCE_NEEDED =
      new EventType("REBALANCE_NEEDED", Priority.HIGH, Duration.ofSeconds(8));

  /** An open position was detected: 6 seconds. */
  public static final EventType OPEN_POSITION_DETECTED =
      new EventType("OPEN_POSITION_DETECTED", Priority.NORMAL, Duration.ofSeconds(6));

  /** An open order was detected: 4 seconds. */
  public static final EventType OPEN_ORDER_DETECTED =
      new EventType("OPEN_ORDER_DETECTED", Priority.NORMAL, Duration.ofSeconds(4));

  /** A wallet has a new balance: 3 seconds. */
  public static final EventType NEW_BALANCE_UPDATE =
      new EventType("NEW_BALANCE_UPDATE", Priority.NORMAL, Duration.ofSeconds(3));

  /** A wallet's balance must be checked: 2 seconds. */
  public static final EventType BALANCE_CHECK_REQUIRED =
      new EventType("BALANCE_CHECK_REQUIRED", Priority.NORMAL, Duration.ofSeconds(2));

  /**
   * The type of an event whose record in a store cannot be read because it is damaged or was
   * written by another version. Such an event is never handled. It goes to the failed queue; its
   * payload is the stored record, cut to the maximum size.
   */
  public static final EventType UNREADABLE = EventType.of("UNREADABLE");

  /**
   * The combined type of events that a queue does not count one by one, because more types wait
   * than it distinguishes. Used in statistics, never in an event.
   */
  public static final EventType OTHERS = EventType.of("OTHERS");

  /**
   * Creates a type.
   *
   * @throws IllegalArgumentException if the name or the processing time is outside its range
   */
  public EventType {
    requireNonNull(priority, "priority");
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "event type name must be 1 to 64 characters from A-Z a-z 0-9 _ . - but is "
              + Printable.quoted(name));
    }
    String what = "processing time of event type " + name;
    Requirements.positive(what, processingTime, LONGEST);
    Requirements.wholeMicros(what, processingTime);
  }

  /**
   * Returns a type of {@link Priority#NORMAL} priority that is expected to take {@link
   * #DEFAULT_PROCESSING_TIME}.
   *
   * @throws IllegalArgumentException if the name is outside its range
   */
  public static EventType of(String name) {
    return new EventType(name, Priority.NORMAL, DEFAULT_PROCESSING_TIME);
  }

  /** Returns this type with another priority. */
  public EventType withPriority(Priority newPriority) {
    return new EventType(name, newPriority, processingTime);
  }

  /**
   * Returns this type with another expected processing time.
   *
   * @throws IllegalArgumentException if the time is outside its range
   */
  public EventType withProcessingTime(Duration newProcessingTime) {
    return new EventType(name, priority, newProcessingTime);
  }
}
