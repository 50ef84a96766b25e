package io.ratelimit.benchmarks.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.EventTypes;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.redis.RedisEventQueue;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;

/** Measures the calls of a queue separately, one after another in one thread. */
final class Calls implements AutoCloseable {

  static final int[] BATCHES = {1, 10, 50};

  private static final RateLimit NEVER_REFUSES =
      RateLimit.of(RateLimit.MAX_PERMITS).perSecond().withBurst(10_000);
  private static final Duration LONG = Duration.ofHours(1);

  private final RedisClient client;
  private final StatefulRedisConnection<String, String> connection;
  private final RedisEventQueue queue;
  private final List<EventType> types = new ArrayList<>(EventTypes.standard().all());
  private final Deque<List<Lease>> held = new ArrayDeque<>();
  private long requests;

  /** A repeated step. */
  private interface Step {
    void run();
  }

  /** Measures the cost of rounds of a step, each for a number of events. */
  interface Meter {
    void measure(String call, int batch, int rounds, Runnable work)
        throws IOException, InterruptedException;
  }

  Calls(String uri, int waiting) {
    this.client = RedisClient.create(uri);
    this.connection = client.connect();
    connection.setTimeout(Duration.ofSeconds(30));
    this.queue =
        RedisEventQueue.builder(NEVER_REFUSES)
            .uri(uri)
            .namespace("cost")
            .commandTimeout(Duration.ofSeconds(30))
            .startUp(RedisEventQueue.StartUp.FULL)
            .connect();
    publish(waiting);
  }

  private void publish(int count) {
    List<AuditEvent> events = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      events.add(
          AuditEvent.of(
              UUID.randomUUID().toString(), types.get(i % types.size()), "wallet-" + i % 1_000));
    }
    if (queue.publish(events).accepted() != count) {
      throw new IllegalStateException("events were not published");
    }
  }

  private List<Lease> take(int count) {
    TakeRequest request = new TakeRequest("request-" + ++requests, "benchmark", count, LONG);
    if (queue.take(request) instanceof TakeResult.Taken taken && taken.leases().size() == count) {
      return taken.leases();
    }
    throw new IllegalStateException("fewer than " + count + " events were taken");
  }

  private void ack(List<Lease> leases) {
    List<Settlement> settled =
        leases.size() == 1 ? List.of(queue.ack(leases.get(0))) : queue.ackAll(leases);
    settled.forEach(Calls::check);
  }

  private static Runnable times(int rounds, Step step) {
    return () -> {
      for (int round = 0; round < rounds; round++) {
        step.run();
      }
    };
  }

  /** Measures each call. */
  void measure(Meter meter, int rounds) throws IOException, InterruptedException {
    for (int batch : BATCHES) {
      int batches = Math.max(2, rounds / batch);
      // The measured calls publish as much as is taken afterwards.
      meter.measure("publish", batch, 2 * batches, times(2 * batches, () -> publish(batch)));
      meter.measure("take and ack", batch, batches, times(batches, () -> ack(take(batch))));
      meter.measure("take", batch, batches, times(batches, () -> held.add(take(batch))));
      meter.measure("ack", batch, batches, times(batches, () -> ack(held.remove())));
    }
    int singles = Math.max(2, rounds / 4);
    for (int i = 0; i < 3 * singles; i++) {
      held.add(take(1));
    }
    meter.measure(
        "retry",
        1,
        singles,
        times(singles, () -> check(queue.retry(held.remove().get(0), LONG, "later"))));
    meter.measure(
        "release", 1, singles, times(singles, () -> check(queue.release(held.remove().get(0)))));
    meter.measure(
        "fail", 1, singles, times(singles, () -> check(queue.fail(held.remove().get(0), "never"))));
    String empty = connection.sync().scriptLoad("return 1");
    meter.measure(
        "an empty script",
        1,
        rounds,
        times(
            rounds,
            () -> {
              Long unused =
                  connection.sync().evalsha(empty, ScriptOutputType.INTEGER, "{cost}:none");
            }));
    String bare = connection.sync().scriptLoad(RawScript.SCRIPT);
    meter.measure(
        "bare commands, take and ack",
        1,
        rounds,
        times(
            2 * rounds,
            () -> {
              Object unused =
                  connection
                      .sync()
                      .evalsha(
                          bare,
                          ScriptOutputType.MULTI,
                          new String[] {"{cost}:bare:"},
                          RawScript.TOKEN,
                          RawScript.LEASE);
            }));
  }

  private static void check(Settlement settlement) {
    if (settlement != Settlement.SETTLED) {
      throw new IllegalStateException("an event was not settled: " + settlement);
    }
  }

  @Override
  public void close() {
    queue.close();
    connection.close();
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
  }
}
