package io.ratelimit.core.queue;

import io.ratelimit.core.internal.memory.SharedLimits;

/**
 * Named limits that several queues in this JVM's memory share: their starts, and those of their
 * limiters, together obey one state of each key. Give it to the {@linkplain
 * InMemoryEventQueue.Builder#scope builder} of each. In Redis a scope is the first part of the
 * namespace.
 *
 * <p>The limits that the queues are built with are declared for all of them, and the first
 * declaration of a name counts; what {@link NamedLimitControl} changes through one queue holds for
 * all. Each queue keeps its own events and its own limit. There is no order between the queues.
 *
 * <p>Thread-safe. The queues of a scope exclude one another as the threads of one queue do.
 */
public final class LimitScope {

  final SharedLimits shared = new SharedLimits(true);

  private LimitScope() {}

  /** Creates a scope without any limits yet. */
  public static LimitScope create() {
    return new LimitScope();
  }
}
