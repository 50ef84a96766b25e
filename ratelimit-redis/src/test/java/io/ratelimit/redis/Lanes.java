package io.ratelimit.redis;

import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** Threads that take, work and acknowledge until they are closed, whatever happens to Redis. */
final class Lanes implements AutoCloseable {

  private final EventQueue queue;
  private final Duration lease;
  private final Duration work;
  private final Consumer<Lease> onStart;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile boolean closed;

  /** How many events these lanes finished. */
  final AtomicInteger settled = new AtomicInteger();

  /** How many settles came too late. */
  final AtomicInteger stale = new AtomicInteger();

  /** How often Redis was away. */
  final AtomicInteger unavailable = new AtomicInteger();

  Lanes(EventQueue queue, int count, Duration lease, Duration work, Consumer<Lease> onStart) {
    this.queue = queue;
    this.lease = lease;
    this.work = work;
    this.onStart = onStart;
    for (int n = 0; n < count; n++) {
      Thread thread = new Thread(this::run, "lane-" + n);
      threads.add(thread);
      thread.start();
    }
  }

  private void run() {
    try {
      String request = newRequest();
      while (!closed) {
        try {
          TakeResult result = queue.take(TakeRequest.one(request, "lane", lease));
          request = newRequest();
          if (result instanceof TakeResult.Taken taken) {
            handle(taken.leases().get(0));
          } else if (result instanceof TakeResult.NotBefore notBefore) {
            queue.time().sleepUntil(notBefore.at());
          } else {
            pause(Duration.ofMillis(20));
          }
        } catch (QueueUnavailableException e) {
          // Sends the same request again: if it took an event, that is this lane's.
          unavailable.incrementAndGet();
          pause(Duration.ofMillis(20));
        }
      }
    } catch (Throwable e) {
      failure.compareAndSet(null, e);
    }
  }

  private void handle(Lease taken) {
    onStart.accept(taken);
    pause(work);
    while (!closed) {
      try {
        if (queue.ack(taken) == Settlement.SETTLED) {
          settled.incrementAndGet();
        } else {
          stale.incrementAndGet();
        }
        return;
      } catch (QueueUnavailableException e) {
        unavailable.incrementAndGet();
        pause(Duration.ofMillis(20));
      }
    }
  }

  private static String newRequest() {
    return UUID.randomUUID().toString();
  }

  static void pause(Duration duration) {
    try {
      Time.system().sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed = true;
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    if (failure.get() != null) {
      throw new AssertionError("a lane failed", failure.get());
    }
  }
}
