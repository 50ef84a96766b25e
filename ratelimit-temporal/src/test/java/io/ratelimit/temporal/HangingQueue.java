package io.ratelimit.temporal;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** A queue whose store hangs for as long as a test wants: calls do not come back. */
final class HangingQueue {

  private static final Set<String> CALLS = Set.of("stats", "limitControl");

  private final InMemoryEventQueue real;
  private volatile CountDownLatch hanging = new CountDownLatch(0);

  HangingQueue(RateLimit limit) {
    this.real = InMemoryEventQueue.create(limit);
  }

  EventQueue queue() {
    return (EventQueue)
        Proxy.newProxyInstance(
            EventQueue.class.getClassLoader(),
            new Class<?>[] {EventQueue.class},
            (proxy, method, arguments) -> {
              if (CALLS.contains(method.getName())) {
                hanging.await();
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
              }
            });
  }

  void hang() {
    hanging = new CountDownLatch(1);
  }

  void goOn() {
    hanging.countDown();
  }
}
