package io.ratelimit.cli.system;

import io.ratelimit.cli.event.SampleEvents;
import io.ratelimit.cli.server.TemporalServer;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.temporal.RateLimitClient;
import io.ratelimit.temporal.RateLimitWorker;
import io.ratelimit.temporal.manager.ManagerException;
import io.ratelimit.temporal.manager.ManagerOptions;
import java.time.Duration;

/**
 * Runs a small round before the clock of the real ones starts: first uses take seconds in a new
 * JVM, which a short round cannot spare.
 */
final class WarmUp {

  private static final String NAME = "warm-up";
  private static final int EVENTS = 8;
  private static final Duration TICK = Duration.ofMillis(250);
  private static final Duration LONGEST = Duration.ofSeconds(20);

  private WarmUp() {}

  /** Drains its own events under its own task queue, for at most 20 seconds. */
  @SuppressWarnings("try") // The worker works by itself.
  static void run(TemporalServer server) {
    RateLimit unlimited = RateLimit.of(1_000).perSecond().withBurst(1_000);
    try (EventQueue queue = InMemoryEventQueue.create(unlimited);
        RateLimitWorker worker =
            RateLimitWorker.builder(queue)
                .handler(event -> {})
                .taskQueue(NAME)
                .name(NAME)
                .connect(server.server(), server.client());
        RateLimitClient client = RateLimitClient.connect(server.server(), server.client(), NAME)) {
      queue.publish(SampleEvents.mixed(EVENTS, 1));
      client.start(NAME, ManagerOptions.round().withDecisionIntervals(TICK, TICK));
      var unused = client.result(NAME, LONGEST);
    } catch (ManagerException.NotFinished slow) {
      // This is as warm as the machine gets.
    }
  }
}
