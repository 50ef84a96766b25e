package io.ratelimit.core.internal.queue;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.EventQueue.Subscription;
import io.ratelimit.core.queue.QueueException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listeners for changes of a queue, for implementations of {@link EventQueue}. A listener that
 * throws affects neither the others nor the change. Thread-safe.
 */
public final class ChangeListeners {

  private static final Logger LOG = LoggerFactory.getLogger(EventQueue.class);
  private static final String FAILED =
      "a listener to changes of the queue failed and stays registered";

  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /** Adds a listener until the subscription is closed; each addition is called once per change. */
  public Subscription add(Runnable listener) {
    requireNonNull(listener, "listener");
    // A new object, so that a listener that is added twice has two subscriptions.
    Runnable wrapped = () -> listener.run();
    listeners.add(wrapped);
    return () -> listeners.remove(wrapped);
  }

  /** Calls the listeners in this thread. */
  public void tell() {
    for (Runnable listener : listeners) {
      try {
        listener.run();
      } catch (QueueException away) {
        // The listener used an unreachable queue; one line says everything.
        LOG.warn("{}: {}", FAILED, Printable.text(String.valueOf(away.getMessage())));
      } catch (Throwable failure) {
        LOG.warn(FAILED, failure);
      }
    }
  }

  /** Returns whether there are no listeners. */
  public boolean isEmpty() {
    return listeners.isEmpty();
  }

  /** Removes all listeners. */
  public void clear() {
    listeners.clear();
  }
}
