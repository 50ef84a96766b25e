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
 * Who wants to hear of changes of a queue, for those who implement an {@link EventQueue}. One
 * listener that throws keeps neither the others from hearing nor the change from having been made.
 * Thread-safe.
 */
public final class ChangeListeners {

  private static final Logger LOG = LoggerFactory.getLogger(EventQueue.class);
  private static final String FAILED =
      "a listener to changes of the queue failed and stays registered";

  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /** Adds a listener until the subscription is closed; each addition is told once a change. */
  public Subscription add(Runnable listener) {
    requireNonNull(listener, "listener");
    // A new object, so that the same listener registered twice is two subscriptions.
    Runnable wrapped = () -> listener.run();
    listeners.add(wrapped);
    return () -> listeners.remove(wrapped);
  }

  /** Tells them of a change, in this thread. */
  public void tell() {
    for (Runnable listener : listeners) {
      try {
        listener.run();
      } catch (QueueException away) {
        // It used a queue that is away, which says all in a line.
        LOG.warn("{}: {}", FAILED, Printable.text(String.valueOf(away.getMessage())));
      } catch (Throwable failure) {
        LOG.warn(FAILED, failure);
      }
    }
  }

  /** Returns whether nobody listens. */
  public boolean isEmpty() {
    return listeners.isEmpty();
  }

  /** Forgets them all. */
  public void clear() {
    listeners.clear();
  }
}
