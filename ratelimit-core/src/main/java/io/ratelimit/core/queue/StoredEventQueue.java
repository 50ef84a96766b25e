package io.ratelimit.core.queue;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.memory.Guard;
import io.ratelimit.core.internal.memory.StoreGuard;
import io.ratelimit.core.internal.memory.StoreTime;
import io.ratelimit.core.limit.RateLimit;

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
  public static final class Builder extends QueueBuilder<Builder> {
    private final QueueStore store;

    private Builder(QueueStore store, RateLimit limit) {
      super(limit);
      this.store = requireNonNull(store, "store");
    }

    @Override
    Builder self() {
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
