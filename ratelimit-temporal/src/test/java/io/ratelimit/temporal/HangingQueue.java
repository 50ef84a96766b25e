package io.ratelimit.temporal;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** A queue whose store hangs on demand: calls do not return. */
public final class HangingQueue {

  private static final Set<String> CALLS = Set.of("stats", "limitControl");

  private final InMemoryEventQueue real;
  private volatile CountDownLatch hanging = new CountDownLatch(0);

  public HangingQueue(RateLimit limit) {
    this.real = InMemoryEventQueue.create(limit);
  }

  public EventQueue queue() {
    return Intercepted.queue(
        real,
        method -> {
          if (CALLS.contains(method)) {
            hanging.await();
          }
        });
  }

  public void hang() {
    hanging = new CountDownLatch(1);
  }

  public void goOn() {
    hanging.countDown();
  }
}
