package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.engine.EngineListener;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Engines that share a queue, each on its own connection: changes by one wake the others, but they
 * do not keep answering each other. Judged by counts, which only shrink on a slow machine.
 */
@Execution(ExecutionMode.CONCURRENT)
class SharedLimitTest {

  private static final Logger log = LoggerFactory.getLogger(SharedLimitTest.class);

  private static final RateLimit NORMAL = RateLimit.of(20).perMinute();
  private static final RateLimit CEILING = RateLimit.of(60).perMinute();
  private static final EventType TYPE =
      EventType.of("AUDIT").withProcessingTime(Duration.ofSeconds(4));
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Duration LATER = Duration.ofSeconds(10);
  private static final Duration WITHOUT_WORK = Duration.ofHours(1);
  private static final int EVENTS = 108;

  private final Time time = Time.accelerated(20);
  private final String namespace = TestClients.newNamespace();
  private final List<RedisEventQueue> queues = new ArrayList<>();
  private final List<AuditEngine> engines = new ArrayList<>();

  private RedisEventQueue connect() {
    RedisEventQueue queue = TestClients.queue(NORMAL).namespace(namespace).time(time).connect();
    queues.add(queue);
    return queue;
  }

  private AuditEngine engine(Duration deadline, AtomicInteger decisions) {
    AuditEngine engine =
        AuditEngine.builder(connect())
            .handler(
                event -> {
                  time.sleep(TYPE.processingTime());
                })
            .handlerTimeout(WITHOUT_WORK)
            .lease(WITHOUT_WORK)
            .deadline(deadline)
            .decisionInterval(INTERVAL)
            .emergencyLimit(CEILING)
            .listener(
                new EngineListener() {
                  @Override
                  public void decided(ScalingDecision decision, QueueStats stats) {
                    decisions.incrementAndGet();
                  }
                })
            .build();
    engines.add(engine);
    return engine;
  }

  @ParameterizedTest(name = "{0} engines, deadlines {1} s and {2} s")
  @CsvSource({"2, 180, 180", "2, 180, 600", "5, 180, 180", "5, 180, 600"})
  void theyComeToRest(int number, int deadline, int otherDeadline) throws InterruptedException {
    RedisEventQueue queue = connect();
    try {
      queue.publish(
          IntStream.range(0, EVENTS)
              .mapToObj(i -> AuditEvent.of("event-" + i, TYPE, "wallet"))
              .toList());
      long before = queue.limitControl().settings().version();
      Instant start = time.now();
      AtomicInteger decisions = new AtomicInteger();
      for (int i = 0; i < number; i++) {
        if (i > 0) {
          time.sleep(LATER);
        }
        engine(Duration.ofSeconds(i % 2 == 0 ? deadline : otherDeadline), decisions).start();
      }
      await().atMost(Duration.ofMinutes(2)).until(() -> queue.stats().done() == EVENTS);
      engines.forEach(AuditEngine::close);
      long versions = queue.limitControl().settings().version() - before;
      Duration took = Duration.between(start, time.now());
      log.info(
          "{} engines, deadlines {} s and {} s: {} versions by {} decisions in {}",
          number,
          deadline,
          otherDeadline,
          versions,
          decisions,
          took);

      // Publications and settlements wake an idle engine, which then decides; hence a few more.
      assertThat(decisions).hasValueLessThanOrEqualTo(number * ((int) took.toSeconds() + 5));
      // Two per owner; on a slow machine, the round is late and the limit rises to the ceiling in
      // steps of 8%.
      assertThat(versions).isBetween(2L, 2L * number + 16);
      QueueStats stats = queue.stats();
      assertThat(stats.limit().demands()).isEmpty();
      assertThat(stats.limitInForce()).isEqualTo(NORMAL);
      assertThat(stats.starts()).isEqualTo(EVENTS);
    } finally {
      engines.forEach(AuditEngine::close);
      queues.forEach(RedisEventQueue::close);
    }
  }
}
