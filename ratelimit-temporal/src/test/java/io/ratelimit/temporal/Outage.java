package io.ratelimit.temporal;

import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.QueueUnavailableException;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;

/** A queue whose store can be cut off. */
final class Outage {

  private static final Set<String> LOCAL = Set.of("name", "time", "onChange", "close");

  private volatile boolean away;

  /** Cuts the store off, or connects it again. */
  void away(boolean newAway) {
    away = newAway;
  }

  /** A queue, as those see it who are cut off with it. */
  EventQueue of(EventQueue queue) {
    return (EventQueue)
        Proxy.newProxyInstance(
            EventQueue.class.getClassLoader(),
            new Class<?>[] {EventQueue.class},
            (proxy, method, arguments) -> {
              if (away && !LOCAL.contains(method.getName())) {
                throw new QueueUnavailableException(
                    "the store does not answer", new IOException("cut off"));
              }
              try {
                return method.invoke(queue, arguments);
              } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
              }
            });
  }
}
