package io.ratelimit.core.queue;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.internal.memory.Guard;
import io.ratelimit.core.internal.memory.MemoryGuard;
import io.ratelimit.core.internal.memory.QueueState;
import io.ratelimit.core.internal.memory.SharedLimits;
import io.ratelimit.core.limit.RateLimit;
import java.util.Optional;

/**
 * An {@link EventQueue} in this JVM's memory: for hosts with one process, for tests and for
 * simulations. Its contents are lost when the JVM ends.
 *
 * <p>Thread-safe. A take and its settle cost O(log n) in the number of events.
 */
public final class InMemoryEventQueue extends StateEventQueue {

  private InMemoryEventQueue(Builder builder) {
    super(builder.name, builder.time, builder.limits, guard(builder));
  }

  private static Guard guard(Builder builder) {
    SharedLimits shared =
        builder.scope.map(scope -> scope.shared).orElseGet(() -> new SharedLimits(false));
    shared.join(builder.time);
    QueueState state =
        new QueueState(
            builder.limit,
            builder.aging,
            builder.countedTypes,
            builder.limits.declared(),
            shared,
            builder.time.now());
    return new MemoryGuard(shared, state, builder.time);
  }

  /** Returns an empty queue under this limit, in real time, without aging. */
  public static InMemoryEventQueue create(RateLimit limit) {
    return builder(limit).build();
  }

  /** Prepares an empty queue under this limit. */
  public static Builder builder(RateLimit limit) {
    return new Builder(limit);
  }

  /** Configures a queue. Not thread-safe. */
  public static final class Builder extends QueueBuilder<Builder> {
    private Optional<LimitScope> scope = Optional.empty();

    private Builder(RateLimit limit) {
      super(limit);
    }

    @Override
    Builder self() {
      return this;
    }

    /**
     * Shares named limits with the other queues of a scope; by default they are the queue's own.
     * All queues of a scope live in the same time.
     */
    @CanIgnoreReturnValue
    public Builder scope(LimitScope newScope) {
      this.scope = Optional.of(newScope);
      return this;
    }

    /**
     * Creates the queue.
     *
     * @throws IllegalArgumentException if other queues of its scope live in another time
     */
    public InMemoryEventQueue build() {
      return new InMemoryEventQueue(this);
    }
  }

  /**
   * Named limits that several queues in this JVM's memory share: their starts, and those of their
   * limiters, together obey one state of each key. Give it to the {@linkplain
   * InMemoryEventQueue.Builder#scope builder} of each. In Redis a scope is the first part of the
   * namespace.
   *
   * <p>The limits that the queues are built with are declared for all of them, and the first
   * declaration of a name counts; what {@link NamedLimitControl} changes through one queue holds
   * for all. Each queue keeps its own events and its own limit. There is no order between the
   * queues.
   *
   * <p>Thread-safe. The queues of a scope exclude one another as the threads of one queue do.
   */
  public static final class LimitScope {

    final SharedLimits shared = new SharedLimits(true);

    private LimitScope() {}

    /** Creates a scope without any limits yet. */
    public static LimitScope create() {
      return new LimitScope();
    }
  }
}
