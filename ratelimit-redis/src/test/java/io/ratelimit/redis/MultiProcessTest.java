package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.testkit.server.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Three processes with ten lanes each drain one queue, and one of them is harmed. */
@Timeout(90)
@SuppressWarnings("try") // Resources that only have to be closed.
class MultiProcessTest {

  private static final Logger log = LoggerFactory.getLogger(MultiProcessTest.class);

  // The burst lets a lane catch up that a busy machine woke late.
  private static final RateLimit LIMIT = RateLimit.of(20).perSecond().withBurst(10);
  private static final int EVENTS = 220;
  private static final int MEASURED_SECONDS = 8;
  private static final int LANES = 10;
  private static final int LEASE_MILLIS = 1_500;
  private static final int WORK_MILLIS = 100;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String namespace = TestClients.newNamespace();
  private final Starts starts = new Starts();
  private final List<Process> processes = new ArrayList<>();

  @TempDir Path directory;

  @AfterEach
  void endProcesses() {
    processes.forEach(Process::destroyForcibly);
  }

  private Process start(int number) {
    try {
      Process process =
          JavaProcess.start(
              LaneProcess.class,
              directory.resolve("log-" + number),
              TestClients.server().uri(),
              namespace,
              Integer.toString(LANES),
              Integer.toString(LEASE_MILLIS),
              Integer.toString(WORK_MILLIS),
              startsOf(number).toString());
      processes.add(process);
      return process;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private Path startsOf(int number) {
    return directory.resolve("starts-" + number);
  }

  private List<Long> startsIn(int number) {
    try {
      return Files.exists(startsOf(number))
          ? Files.readAllLines(startsOf(number)).stream().map(Long::parseLong).toList()
          : List.of();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs the processes on a full queue, and does the harm after some seconds. */
  private QueueStats drain(Harm harm) throws Exception {
    try (RedisEventQueue queue = TestClients.queue(LIMIT).namespace(namespace).connect();
        Starts.Watcher watcher = starts.new Watcher(TestClients.server().uri(), namespace)) {
      List<Process> workers = List.of(start(0), start(1), start(2));
      String channel = "{" + namespace + "}:changes";
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  TestClients.ask(
                      TestClients.server(),
                      redis -> redis.pubsubNumsub(channel).get(channel).equals(4L)));
      assertThat(queue.publish(events()).accepted()).isEqualTo(EVENTS);
      await().atMost(PATIENCE).until(() -> starts.all().size() >= 2 * LIMIT.permits());
      harm.to(workers.get(0));
      await().atMost(PATIENCE).until(() -> queue.stats().unfinished() == 0);
      for (Process worker : workers) {
        worker.getOutputStream().close();
      }
      await().atMost(PATIENCE).until(() -> workers.stream().noneMatch(Process::isAlive));
      return queue.stats();
    }
  }

  private interface Harm {
    void to(Process worker) throws Exception;
  }

  private static List<AuditEvent> events() {
    return IntStream.range(0, EVENTS)
        .mapToObj(n -> AuditEvent.of("event-" + n, EventType.of("TEST"), "wallet"))
        .toList();
  }

  private void assertExact(QueueStats stats) {
    for (int number = 0; number < processes.size(); number++) {
      assertThat(startsIn(number)).as("starts of process %d", number).isNotEmpty();
      startsIn(number).forEach(starts::add);
    }
    List<Long> all = starts.all();
    long end = all.get(0) + Duration.ofSeconds(MEASURED_SECONDS).toNanos() / 1_000;
    double utilization =
        all.stream().filter(start -> start < end).count()
            / (double) (LIMIT.permits() * MEASURED_SECONDS);
    int largest = starts.largestWindow(LIMIT.window());
    log.info(
        "{} starts of {} events, largest window {}, utilization {}, reclaimed {}",
        all.size(),
        EVENTS,
        largest,
        utilization,
        stats.expiredLeases());

    assertThat(largest).isLessThanOrEqualTo(LIMIT.permits());
    assertThat(utilization).isGreaterThanOrEqualTo(0.99);
    assertThat((long) all.size()).isEqualTo(stats.starts());
    assertThat(stats.isConserved()).isTrue();
    assertThat(stats.done()).isEqualTo(EVENTS);
    assertThat(stats.starts()).isEqualTo(EVENTS + stats.expiredLeases());
  }

  @Test
  void oneIsKilled() throws Exception {
    assertExact(drain(worker -> assertThat(worker.destroyForcibly().waitFor()).isNotZero()));
  }

  @Test
  void oneSleepsPastItsLeases() throws Exception {
    QueueStats stats =
        drain(
            worker -> {
              Signals.suspend(worker.toHandle());
              // Its leases expire, are taken by others, and are settled late when it wakes.
              await().pollDelay(Duration.ofMillis(2L * LEASE_MILLIS)).until(() -> true);
              Signals.resume(worker.toHandle());
            });
    assertExact(stats);
  }
}
