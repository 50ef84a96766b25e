package io.ratelimit.benchmarks.engine;

import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Has two threads drain a queue without an engine: as much as the queue can hand out. */
final class QueueDrain {

  private static final int THREADS = 2;

  private final EventQueue queue;
  private final int inOneCall;
  private final Course course;

  private QueueDrain(EventQueue queue, int inOneCall, Course course) {
    this.queue = queue;
    this.inOneCall = inOneCall;
    this.course = course;
  }

  /** Each thread takes and acknowledges for half of the lanes in one call. */
  static void drain(EventQueue queue, int lanes, Course course) throws InterruptedException {
    int inOneCall = Math.max(1, lanes / THREADS);
    List<Thread> threads = new ArrayList<>();
    for (int n = 0; n < THREADS; n++) {
      String name = "drain-" + n;
      QueueDrain drain = new QueueDrain(queue, inOneCall, course);
      threads.add(new Thread(() -> drain.run(name), name));
    }
    threads.forEach(Thread::start);
    course.await();
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private void run(String name) {
    List<Lease> held = List.of();
    boolean isEmpty = false;
    for (int n = 0; !isEmpty; n++) {
      TakeRequest request = new TakeRequest(name + '-' + n, name, inOneCall, Duration.ofMinutes(1));
      TakeResult taken = queue.ackAndTake(held, request).taken().orElseThrow();
      held = taken instanceof TakeResult.Taken some ? some.leases() : List.of();
      held.forEach(lease -> course.handled());
      isEmpty = held.isEmpty();
    }
  }
}
