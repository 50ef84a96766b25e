package io.ratelimit.core.queue;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.util.Optional;

/**
 * Configures what queues with their rules in memory have in common, as part of the builder of each.
 * Not thread-safe.
 *
 * @param <B> the builder
 */
public abstract class QueueBuilder<B extends QueueBuilder<B>> {

  final RateLimit limit;
  Optional<String> name = Optional.empty();
  Time time = Time.system();
  Optional<Duration> aging = Optional.empty();
  Limits limits = Limits.none();
  int countedTypes = EventQueue.COUNTED_TYPES;

  QueueBuilder(RateLimit limit) {
    this.limit = requireNonNull(limit, "limit");
  }

  abstract B self();

  /**
   * Names the queue, see {@link EventQueue#name}; it has no name by default.
   *
   * @throws IllegalArgumentException if the name is blank
   */
  @CanIgnoreReturnValue
  public final B name(String newName) {
    this.name = Optional.of(Requirements.notBlank("name", newName));
    return self();
  }

  /**
   * Sets the time of this process, in which the queue waits; real time by default. The clock of a
   * store may differ from it.
   */
  @CanIgnoreReturnValue
  public final B time(Time newTime) {
    this.time = requireNonNull(newTime, "time");
    return self();
  }

  /**
   * Makes an event rise by one priority for each such interval that it has waited, so low
   * priorities cannot starve. Off by default. All processes that share a store should use the same
   * value.
   *
   * @throws IllegalArgumentException if the interval is not more than zero
   */
  @CanIgnoreReturnValue
  public final B aging(Duration interval) {
    this.aging = Optional.of(Requirements.positive("aging interval", interval));
    return self();
  }

  /**
   * Sets the named limits; none by default. A store that already has one of their name keeps its
   * windows.
   */
  @CanIgnoreReturnValue
  public final B limits(Limits newLimits) {
    this.limits = requireNonNull(newLimits, "limits");
    return self();
  }

  /**
   * Sets how many types of pending events are counted one by one, where each weight above 1 counts
   * as one more type. Events of further types are counted as {@link
   * io.ratelimit.core.event.EventType#OTHERS}, and are otherwise treated like all events. {@value
   * EventQueue#COUNTED_TYPES} by default.
   *
   * @throws IllegalArgumentException if it is not 1 to {@value EventQueue#MAX_COUNTED_TYPES}
   */
  @CanIgnoreReturnValue
  public final B countedTypes(int most) {
    this.countedTypes =
        Requirements.between("number of counted types", most, 1, EventQueue.MAX_COUNTED_TYPES);
    return self();
  }
}
