package io.ratelimit.temporal;

import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.QueueUnavailableException;
import java.io.IOException;
import java.util.Set;

/** A queue whose store can be cut off. */
final class Outage {

  private static final Set<String> LOCAL = Set.of("name", "time", "onChange", "close");

  private volatile boolean away;

  /** Cuts the store off, or connects it again. */
  void away(boolean newAway) {
    away = newAway;
  }

  /** Returns the queue as clients see it that are cut off with it. */
  EventQueue of(EventQueue queue) {
    return Intercepted.queue(
        queue,
        method -> {
          if (away && !LOCAL.contains(method)) {
            throw new QueueUnavailableException(
                "the store does not answer", new IOException("cut off"));
          }
        });
  }
}
