package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.limiter.RateLimiter;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.redis.internal.wire.Micros;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lanes of a queue and limiters, here and in two other processes, share one limit at the same time.
 */
@Timeout(90)
@SuppressWarnings("try") // Resources that only have to be closed.
class SharedByLimitersTest {

  private static final Logger log = LoggerFactory.getLogger(SharedByLimitersTest.class);

  // Delays of less than a second on a busy machine are made up for.
  private static final RateLimit LIMIT = RateLimit.of(20).perSecond().withBurst(20);
  private static final int MEASURED_SECONDS = 6;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String namespace = TestClients.newNamespace();
  private final Starts starts = new Starts();
  private final List<Process> processes = new ArrayList<>();

  @TempDir Path directory;

  @AfterEach
  void endProcesses() {
    processes.forEach(Process::destroyForcibly);
  }

  private Path startsOf(int number) {
    return directory.resolve("starts-" + number);
  }

  private void start(int number) throws IOException {
    processes.add(
        JavaProcess.start(
            LimiterProcess.class,
            directory.resolve("log-" + number),
            TestClients.server().uri(),
            namespace,
            "4",
            startsOf(number).toString()));
  }

  private static void addStarts(RateLimiter limiter, Starts starts) {
    var unused =
        limiter
            .acquireAsync(1, Duration.ofDays(1))
            .thenAccept(
                result -> {
                  starts.add(Micros.floor(((AcquireResult.Granted) result).start()));
                  addStarts(limiter, starts);
                });
  }

  @Test
  void togetherTheyNeverExceedItAndLeaveNothingUnused() throws Exception {
    List<AuditEvent> events =
        IntStream.range(0, 1_000)
            .mapToObj(n -> AuditEvent.of("event-" + n, EventType.of("TEST"), "wallet"))
            .toList();
    List<Long> ofLanes = new ArrayList<>();
    QueueStats stats;
    try (RedisEventQueue queue = TestClients.queue(LIMIT).namespace(namespace).connect();
        Starts.Watcher watcher = starts.new Watcher(TestClients.server().uri(), namespace);
        RateLimiter limiter = RateLimiter.of(queue)) {
      start(0);
      start(1);
      await().atMost(PATIENCE).until(() -> Files.exists(startsOf(0)) && Files.exists(startsOf(1)));
      // The watcher may lag behind the processes.
      await().atMost(PATIENCE).until(() -> !starts.all().isEmpty());
      long begin = starts.all().get(0);
      assertThat(queue.publish(events).accepted()).isEqualTo(events.size());
      addStarts(limiter, starts);
      try (Lanes lanes =
          new Lanes(
              queue,
              4,
              Duration.ofSeconds(30),
              Duration.ofMillis(1),
              lease -> {
                starts.add(Micros.floor(lease.takenAt()));
                synchronized (ofLanes) {
                  ofLanes.add(Micros.floor(lease.takenAt()));
                }
              })) {
        long end = begin + Duration.ofSeconds(MEASURED_SECONDS).toNanos() / 1_000;
        await().atMost(PATIENCE).until(() -> !starts.after(end + 1_000_000).isEmpty());
        // Everything but the unused rest of the first window.
        assertThat(starts.after(begin).stream().filter(at -> at <= end))
            .hasSizeGreaterThanOrEqualTo(LIMIT.permits() * (MEASURED_SECONDS - 1));
      }
      for (Process process : processes) {
        process.getOutputStream().close();
        assertThat(process.waitFor()).isZero();
      }
      limiter.close();
      stats = queue.stats();
    }
    for (int number = 0; number < processes.size(); number++) {
      List<String> told = Files.readAllLines(startsOf(number));
      assertThat(told).as("process %d got some", number).hasSizeGreaterThan(5);
      told.forEach(at -> starts.add(Long.parseLong(at)));
    }
    log.info(
        "{} starts, {} of them by lanes; largest window {}",
        starts.all().size(),
        ofLanes.size(),
        starts.largestWindow(LIMIT.window()));

    assertThat(starts.largestWindow(LIMIT.window())).isLessThanOrEqualTo(LIMIT.permits());
    assertThat(stats.starts()).isEqualTo(ofLanes.size()).isPositive();
    // Each of the three limiters may have been granted one more permit while closing.
    assertThat(stats.starts() + stats.acquiredPermits() - starts.all().size()).isBetween(0L, 3L);
    assertThat(stats.isConserved()).isTrue();
    assertThat(stats.largestWindows().since(Instant.EPOCH)).isLessThanOrEqualTo(20);
  }
}
