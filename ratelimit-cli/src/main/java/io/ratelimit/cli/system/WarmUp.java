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
 * A little round beside the real ones, before their clock runs: the first of everything takes
 * seconds in a new JVM, of which a round that is to end in some seconds has none to spare.
 */
final class WarmUp {

  private static final String NAME = "warm-up";
  private static final int EVENTS = 8;
  private static final Duration TICK = Duration.ofMillis(250);
  private static final Duration LONGEST = Duration.ofSeconds(20);

  private WarmUp() {}

  /** Drains events of its own, under a task queue of its own; not longer than 20 seconds. */
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
      // As warm as this machine gets.
    }
  }
}
