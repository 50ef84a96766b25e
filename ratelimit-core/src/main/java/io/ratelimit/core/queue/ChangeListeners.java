package io.ratelimit.core.queue;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who wants to hear of changes of a queue. One listener that throws keeps neither the others from
 * hearing nor the change from having been made. Thread-safe.
 */
final class ChangeListeners {

  private static final Logger LOG = LoggerFactory.getLogger(EventQueue.class);

  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  Subscription add(Runnable listener) {
    // A new object, so that the same listener registered twice is two subscriptions.
    Runnable wrapped = () -> listener.run();
    listeners.add(wrapped);
    return () -> listeners.remove(wrapped);
  }

  void tell() {
    for (Runnable listener : listeners) {
      try {
        listener.run();
      } catch (Throwable failure) {
        LOG.warn("a listener to changes of the queue failed and stays registered", failure);
      }
    }
  }

  void clear() {
    listeners.clear();
  }
}
