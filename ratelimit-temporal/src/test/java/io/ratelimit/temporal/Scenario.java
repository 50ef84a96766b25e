package io.ratelimit.temporal;

import static org.awaitility.Awaitility.await;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.temporal.manager.ManagerStatus;
import io.temporal.client.WorkflowClient;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/** Lives of managers on a real server, which together use every feature of the workflow. */
public enum Scenario {
  /** A round that raises its limit, with a retry. */
  EMERGENCY {
    @Override
    void live(Life life) {
      life.publish(20);
      life.mayFinish.countDown();
      life.client.start(
          life.id,
          TICKING_ROUND
              .withDeadline(Duration.ofSeconds(20))
              .withEmergencyLimit(RateLimit.of(600).perMinute()));
    }
  },

  /** A service that gets every message and continues as new. */
  SERVICE {
    @Override
    void live(Life life) {
      life.mayFinish.countDown();
      life.client.start(life.id, TICKING_SERVICE.withDecisionsPerRun(4));
      RateLimit unused = life.client.changeLimit(life.id, RateLimit.of(600).perMinute()).normal();
      life.publish(5);
      life.client.pause(life.id);
      life.client.setWorkers(life.id, 2, 3);
      life.client.resume(life.id);
      await().until(() -> life.queue.stats().done() == 5);
      life.client.stop(life.id);
    }
  },

  /** A service that is stopped while it holds an event, which it gives back. */
  STOPPED {
    @Override
    void live(Life life) {
      life.publish(2);
      life.client.start(life.id, TICKING_SERVICE.withShutdownGrace(Duration.ZERO));
      await().until(() -> life.queue.stats().leased() > 0);
      life.client.stop(life.id);
    }
  },

  /**
   * A service that continues as new while it holds an event, and learns of its end in a later run.
   */
  HANDOVER {
    @Override
    void live(Life life) {
      life.publish(1);
      life.client.start(life.id, TICKING_SERVICE.withDecisionsPerRun(2));
      await().until(() -> life.client.status(life.id).runs() > 1);
      life.mayFinish.countDown();
      await().until(() -> life.queue.stats().done() == 1);
      life.client.stop(life.id);
    }
  },

  /** A service that is idle until an event is published, twice. */
  IDLE {
    @Override
    void live(Life life) {
      life.mayFinish.countDown();
      life.client.start(life.id, ManagerOptions.continuous());
      await().until(() -> life.client.status(life.id).state() == ManagerStatus.State.NORMAL);
      life.publish(1);
      await().until(() -> life.queue.stats().done() == 1);
      life.client.pause(life.id);
      await().until(() -> life.client.status(life.id).state() == ManagerStatus.State.PAUSED);
      life.publish(3);
      life.client.resume(life.id);
      await().until(() -> life.queue.stats().done() == 4);
      life.client.stop(life.id);
    }
  },

  /** A service whose queue is unreachable for a while, with and without an event in progress. */
  AWAY {
    @Override
    void live(Life life) {
      life.publish(3);
      life.client.start(life.id, TICKING_SERVICE);
      await().until(() -> life.queue.stats().leased() > 0);
      life.outage.away(true);
      await().until(() -> life.client.status(life.id).state() == ManagerStatus.State.UNREACHABLE);
      life.outage.away(false);
      life.mayFinish.countDown();
      await().until(() -> life.queue.stats().done() == 3);
      await().until(() -> life.client.status(life.id).state() == ManagerStatus.State.NORMAL);
      life.client.stop(life.id);
    }
  },

  /** A round with larger shares than events, and with fewer slots than lanes. */
  SHARES {
    @Override
    void live(Life life) {
      life.publish(30);
      life.queue.limitControl().changeLimit(RateLimit.of(100).perSecond());
      life.mayFinish.countDown();
      life.client.start(life.id, TICKING_ROUND.withEventsPerActivity(7).withWorkers(4, 20));
    }
  },

  /** A service whose activities grow when its events turn out to be fast. */
  ADAPTIVE {
    @Override
    void live(Life life) {
      life.queue.limitControl().changeLimit(RateLimit.of(100).perSecond());
      life.mayFinish.countDown();
      life.client.start(life.id, TICKING_SERVICE.withWorkers(2, 2));
      for (int done = 50; done <= 200; done += 50) {
        life.publish("at-" + done + "-", 50);
        int all = done;
        await().until(() -> life.queue.stats().done() == all);
      }
      life.client.stop(life.id);
    }
  };

  /** The SDK's default size of a worker's workflow cache. */
  public static final int CACHED = 600;

  private static final ManagerOptions TICKING_ROUND =
      ManagerOptions.round().withDecisionIntervals(Duration.ofMillis(500), Duration.ofSeconds(2));
  private static final ManagerOptions TICKING_SERVICE =
      ManagerOptions.continuous()
          .withDecisionIntervals(Duration.ofMillis(200), Duration.ofMillis(500));

  /** The parts of a scenario. */
  private static final class Life {
    final String id = "scenario-" + UUID.randomUUID();
    final EventQueue queue = InMemoryEventQueue.create(RateLimit.of(50).perMinute());
    final Outage outage = new Outage();
    final CountDownLatch mayFinish = new CountDownLatch(1);
    final RateLimitClient client;
    private final Set<String> failedOnce = ConcurrentHashMap.newKeySet();

    Life(WorkflowClient client) {
      this.client = RateLimitClient.of(client, id);
    }

    void publish(int events) {
      publish("e", events);
    }

    void publish(String prefix, int events) {
      queue.publish(
          IntStream.range(0, events)
              .mapToObj(i -> AuditEvent.of(prefix + i, EventType.BALANCE_CHECK_REQUIRED, "w" + i))
              .toList());
    }

    /** Handles events; the first attempt at one of them fails. */
    void handle(AuditEvent event) throws InterruptedException {
      mayFinish.await();
      if (event.id().equals("e1") && failedOnce.add(event.id())) {
        throw new IllegalStateException("the first attempt fails");
      }
    }
  }

  abstract void live(Life life);

  /**
   * Runs the scenario, and returns the histories of the manager's runs, in order.
   *
   * @param cached the size of the worker's workflow cache
   */
  public List<WorkflowExecutionHistory> run(int cached) {
    try (Temporal temporal = Temporal.open()) {
      WorkflowClient client = temporal.client();
      Life life = new Life(client);
      RateLimitWorker worker = worker(life, client, cached);
      try {
        live(life);
        var unused = life.client.result(life.id, Duration.ofMinutes(2));
        return histories(client, life.id);
      } finally {
        worker.close();
        life.queue.close();
      }
    }
  }

  private static RateLimitWorker worker(Life life, WorkflowClient client, int cached) {
    WorkerFactoryOptions options =
        WorkerFactoryOptions.newBuilder().setWorkflowCacheSize(cached).build();
    return RateLimitWorker.builder(life.outage.of(life.queue))
        .concurrency(3)
        .handler(life::handle)
        .taskQueue(life.id)
        .shutdownGrace(Duration.ZERO)
        .start(WorkerFactory.newInstance(client, options));
  }

  private static List<WorkflowExecutionHistory> histories(WorkflowClient client, String id) {
    Deque<WorkflowExecutionHistory> runs = new ArrayDeque<>();
    runs.addFirst(client.fetchHistory(id));
    while (!runBefore(runs.getFirst()).isEmpty()) {
      runs.addFirst(client.fetchHistory(id, runBefore(runs.getFirst())));
    }
    return List.copyOf(runs);
  }

  private static String runBefore(WorkflowExecutionHistory history) {
    return history
        .getEvents()
        .get(0)
        .getWorkflowExecutionStartedEventAttributes()
        .getContinuedExecutionRunId();
  }
}
