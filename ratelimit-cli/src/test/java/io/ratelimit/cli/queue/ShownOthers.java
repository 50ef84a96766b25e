package io.ratelimit.cli.queue;

import io.ratelimit.cli.watch.KeptQueue;
import io.ratelimit.cli.watch.QueueSource;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.history.InMemoryRoundHistory;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.NoSuchQueueException;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.redis.FoundQueues;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Queues in memory beside the one that is shown; who connects to one is written down. */
public final class ShownOthers {

  private final Map<String, EventQueue> queues = new TreeMap<>();
  private final Map<String, InMemoryRoundHistory> rounds = new TreeMap<>();
  private final List<String> connected = new CopyOnWriteArrayList<>();
  private final List<String> closed = new CopyOnWriteArrayList<>();

  /** None yet. */
  public static ShownOthers none() {
    return new ShownOthers();
  }

  ShownOthers() {}

  synchronized void add(String name, EventQueue queue) {
    queues.put(name, queue);
  }

  /** Adds one with so many events that failed, and one that waits. */
  public InMemoryEventQueue add(String name, int failed) {
    InMemoryEventQueue queue =
        InMemoryEventQueue.create(RateLimit.of(50).perMinute().withBurst(50));
    for (int i = 0; i <= failed; i++) {
      queue.publish(AuditEvent.of(name + "-" + i, EventType.NEW_BALANCE_UPDATE, "w"));
      if (i < failed) {
        TakeRequest request = TakeRequest.one("take-" + i, "w", Duration.ofMinutes(1));
        queue.fail(((TakeResult.Taken) queue.take(request)).leases().get(0), "reason of " + name);
      }
    }
    add(name, queue);
    return queue;
  }

  /** To which queues somebody connected, in order. */
  public List<String> connected() {
    return connected;
  }

  /** Which of these connections were closed, in order. */
  public List<String> closed() {
    return closed;
  }

  public QueueSource source() {
    return new QueueSource(this::find, this::connect, name -> Optional.empty());
  }

  private synchronized FoundQueues find(int max) {
    return new FoundQueues(queues.keySet().stream().limit(max).toList(), queues.size() <= max);
  }

  /** The rounds that are kept of a queue. */
  public synchronized InMemoryRoundHistory rounds(String name) {
    return rounds.computeIfAbsent(name, any -> InMemoryRoundHistory.create());
  }

  private synchronized KeptQueue connect(String name) {
    connected.add(name);
    EventQueue queue = queues.get(name);
    if (queue == null) {
      throw new NoSuchQueueException(name, List.of());
    }
    return new KeptQueue(closing(name, queue), rounds(name));
  }

  private EventQueue closing(String name, EventQueue queue) {
    return (EventQueue)
        Proxy.newProxyInstance(
            EventQueue.class.getClassLoader(),
            new Class<?>[] {EventQueue.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("close")) {
                closed.add(name);
                return null;
              }
              return method.invoke(queue, arguments);
            });
  }
}
