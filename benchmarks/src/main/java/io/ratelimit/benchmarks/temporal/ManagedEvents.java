package io.ratelimit.benchmarks.temporal;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.redis.RedisEventQueue;
import io.ratelimit.temporal.RateLimitClient;
import io.ratelimit.temporal.RateLimitWorker;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.temporal.worker.WorkerFactory;
import java.time.Duration;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Measures a round over Redis, under a limit that is checked but never refuses. */
final class ManagedEvents {

  private static final RateLimit UNLIMITED =
      RateLimit.of(RateLimit.MAX_PERMITS).perSecond().withBurst(10_000);
  private static final int PER_PUBLISH = 500;
  private static final Duration DEADLINE = Duration.ofMinutes(10);

  private final Servers servers;

  ManagedEvents(Servers servers) {
    this.servers = servers;
  }

  /**
   * Measures one round.
   *
   * @param name the name of the measurement
   * @param share chooses how many events an activity handles
   */
  Speed measure(String name, int lanes, int events, UnaryOperator<ManagerOptions> share)
      throws InterruptedException {
    String id = "managed-" + UUID.randomUUID();
    Meter meter = new Meter(events, servers::usage);
    try (EventQueue queue =
            RedisEventQueue.builder(UNLIMITED)
                .uri(servers.redisUri())
                .namespace(id)
                .startUp(RedisEventQueue.StartUp.FULL)
                .connect();
        RateLimitClient client = RateLimitClient.of(servers.client(), id)) {
      publish(queue, events);
      RateLimitWorker worker =
          RateLimitWorker.builder(queue)
              .handler(
                  event -> {
                    meter.count();
                  })
              .concurrency(lanes)
              .start(startedFactory());
      try {
        client.start(
            id,
            share.apply(ManagerOptions.round().withDeadline(DEADLINE).withWorkers(lanes, lanes)));
        Usage usage = meter.await();
        RoundReport report = client.result(id, Duration.ofMinutes(1));
        if (report.done() != events) {
          throw new IllegalStateException("of " + events + " events not all are done: " + report);
        }
        double history = (double) servers.historyOf(id) / events;
        return new Speed(name, lanes, meter.measured(), usage, history);
      } finally {
        worker.close();
      }
    }
  }

  /** Returns a started factory: beside it, the worker creates its own, and ends it. */
  private WorkerFactory startedFactory() {
    WorkerFactory factory = WorkerFactory.newInstance(servers.client());
    factory.start();
    return factory;
  }

  private static void publish(EventQueue queue, int events) {
    for (int from = 0; from < events; from += PER_PUBLISH) {
      queue.publish(
          IntStream.range(from, Math.min(events, from + PER_PUBLISH))
              .mapToObj(
                  n -> AuditEvent.of("event-" + n, EventType.BALANCE_CHECK_REQUIRED, "wallet-" + n))
              .toList());
    }
  }
}
