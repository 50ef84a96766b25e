package io.ratelimit.core.queue;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.internal.memory.Guard;
import io.ratelimit.core.internal.memory.StoreGuard;
import io.ratelimit.core.internal.memory.StoreTime;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.util.Optional;

/**
 * An {@link EventQueue} that keeps what it holds in a {@link QueueStore}, such as a table of a
 * host's own database, with every rule of the queue in memory. Any number of processes share the
 * store: each change is one transaction, and the store's clock is the one that counts.
 *
 * <p>Each process keeps a copy of what is unfinished or failed in memory. It reads it once, then in
 * each transaction what others wrote since: a call costs O(what changed since this process's last
 * one) beside what it does, and writes the records of what it changes. One transaction at a time
 * changes the queue; what others change is heard of with the next call.
 *
 * <p>Thread-safe. Methods block while the store works. {@link QueueException} is thrown where the
 * store holds something that cannot be read: nothing is changed then.
 */
public final class StoredEventQueue extends StateEventQueue {

  private StoredEventQueue(Builder builder, StoreTime time) {
    super(builder.name, time, builder.limits, guard(builder, time));
  }

  private static Guard guard(Builder builder, StoreTime time) {
    StoreGuard guard =
        new StoreGuard(
            builder.store,
            builder.limit,
            builder.aging,
            builder.countedTypes,
            builder.limits.declared(),
            time);
    guard.open();
    return guard;
  }

  /**
   * Prepares a queue in a store.
   *
   * @param limit the queue's limit if the store is empty; else the one that it holds stays, and
   *     {@link LimitControl#changeLimit} changes it
   */
  public static Builder builder(QueueStore store, RateLimit limit) {
    return new Builder(store, limit);
  }

  /** Configures a queue. Not thread-safe. */
  public static final class Builder {
    private final QueueStore store;
    private final RateLimit limit;
    private Optional<String> name = Optional.empty();
    private Time time = Time.system();
    private Optional<Duration> aging = Optional.empty();
    private Limits limits = Limits.none();
    private int countedTypes = COUNTED_TYPES;

    private Builder(QueueStore store, RateLimit limit) {
      this.store = requireNonNull(store, "store");
      this.limit = requireNonNull(limit, "limit");
    }

    /**
     * Names the queue, see {@link EventQueue#name}; it has no name by default.
     *
     * @throws IllegalArgumentException if the name is blank
     */
    @CanIgnoreReturnValue
    public Builder name(String newName) {
      this.name = Optional.of(Requirements.notBlank("name", newName));
      return this;
    }

    /**
     * Sets the time of this process, in which it waits for times of the store; real time by
     * default. The store's clock may differ from it.
     */
    @CanIgnoreReturnValue
    public Builder time(Time newTime) {
      this.time = requireNonNull(newTime, "time");
      return this;
    }

    /**
     * Lets an event rise by one priority for each such interval that it has waited, so that low
     * priorities cannot starve; the same in all processes. Off by default.
     *
     * @throws IllegalArgumentException if the interval is not more than zero
     */
    @CanIgnoreReturnValue
    public Builder aging(Duration interval) {
      this.aging = Optional.of(Requirements.positive("aging interval", interval));
      return this;
    }

    /**
     * Sets the limits beside the queue's own, which are declared in the store unless it holds one
     * of their name; none by default.
     */
    @CanIgnoreReturnValue
    public Builder limits(Limits newLimits) {
      this.limits = requireNonNull(newLimits, "limits");
      return this;
    }

    /**
     * Sets how many types of pending events are counted one by one, see {@link
     * InMemoryEventQueue.Builder#countedTypes}.
     *
     * @throws IllegalArgumentException if it is not 1 to {@value EventQueue#MAX_COUNTED_TYPES}
     */
    @CanIgnoreReturnValue
    public Builder countedTypes(int most) {
      this.countedTypes =
          Requirements.between("number of counted types", most, 1, EventQueue.MAX_COUNTED_TYPES);
      return this;
    }

    /**
     * Opens the queue: reads what the store holds.
     *
     * @throws QueueUnavailableException if the store cannot be reached
     * @throws QueueException if it holds something that cannot be read
     */
    public StoredEventQueue build() {
      return new StoredEventQueue(this, new StoreTime(time));
    }
  }
}
