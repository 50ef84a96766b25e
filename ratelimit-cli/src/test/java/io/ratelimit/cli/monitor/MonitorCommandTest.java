package io.ratelimit.cli.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.ratelimit.cli.CommandRun;
import io.ratelimit.cli.watch.FailedView;
import io.ratelimit.cli.watch.Monitor;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.time.Time;
import io.ratelimit.redis.RedisEventQueue;
import io.ratelimit.testkit.server.LocalRedis;
import io.ratelimit.testkit.server.Loopback;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MonitorCommandTest {

  /** A time that advances only on demand. */
  private static final class GivenTime implements Time {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public Instant now() {
      return now;
    }

    @Override
    public void parkUntil(Instant deadline) {
      now = deadline;
    }
  }

  private final GivenTime time = new GivenTime();
  private final InMemoryEventQueue queue =
      InMemoryEventQueue.builder(RateLimit.of(20).perMinute().withBurst(20)).time(time).build();
  private final Monitor monitor = new Monitor("q", queue);

  private Lease take(String id) {
    queue.publish(AuditEvent.of(id, EventType.NEW_BALANCE_UPDATE, "w"));
    TakeRequest request = TakeRequest.one(id, "w", Duration.ofMinutes(1));
    return ((TakeResult.Taken) queue.take(request)).leases().get(0);
  }

  @Test
  void howFastEventsGetDoneIsSeenFromTheSecondLookOn() {
    assertThat(monitor.look().donePerMinute()).isEmpty();

    for (int i = 0; i < 5; i++) {
      assertThat(queue.ack(take("e" + i))).isNotNull();
    }
    time.parkUntil(time.now().plusSeconds(10));
    assertThat(monitor.look().donePerMinute()).containsExactly(30.0);

    time.parkUntil(time.now().plusSeconds(10));
    assertThat(monitor.look().donePerMinute()).containsExactly(30.0, 15.0);
    for (int i = 0; i < 100; i++) {
      time.parkUntil(time.now().plusSeconds(10));
      assertThat(monitor.look().donePerMinute()).hasSizeLessThanOrEqualTo(40);
    }
  }

  @Test
  void theLatestFailuresAreShownWithTheirReasons() {
    for (int i = 0; i < 5; i++) {
      assertThat(queue.fail(take("e" + i), "reason " + i)).isNotNull();
      time.parkUntil(time.now().plusSeconds(1));
    }

    assertThat(monitor.look().failed())
        .extracting(FailedView::reason)
        .containsExactly("reason 4", "reason 3", "reason 2");
  }

  @Test
  void whatIsInHandIsShownWithItsAgeTheOldestFirst() {
    take("first");
    time.parkUntil(time.now().plusSeconds(3));
    assertThat(queue.release(take("again"))).isNotNull();
    assertThat(queue.retry(take("again"), Duration.ZERO, "not yet")).isNotNull();
    take("again");
    time.parkUntil(time.now().plusMillis(1_250));

    assertThat(monitor.look().lines(CommandRun.plainTerminal()))
        .containsSubsequence(
            "In hand     NEW_BALANCE_UPDATE  since 4.2 s  first, by w",
            "            NEW_BALANCE_UPDATE  since 1.2 s  again, attempt 2, by w");
  }

  @Test
  void ofManyInHandTenAreShown() {
    for (int i = 0; i < 12; i++) {
      take("e" + i);
    }

    assertThat(monitor.look().lines(CommandRun.plainTerminal()))
        .filteredOn(line -> line.contains("since"))
        .hasSize(10);
    assertThat(monitor.look().lines(CommandRun.plainTerminal())).contains("            and 2 more");
  }

  @ParameterizedTest
  @ValueSource(strings = {"monitor", "queue monitor"})
  void aQueueIsShownOnce(String command) throws IOException {
    try (LocalRedis redis = LocalRedis.start()) {
      // So slow that the next start is still in the future on a busy machine.
      RateLimit slow = RateLimit.of(20).per(Duration.ofHours(1));
      RedisEventQueue.builder(slow).uri(redis.uri()).connect().close();
      CommandRun.of("queue", "publish", "--count", "3", "--redis", redis.uri());
      String arguments = command + " --once --redis " + redis.uri();

      CommandRun run = CommandRun.of(arguments.split(" "));
      assertThat(run.exitCode()).isZero();
      assertThat(run.out()).contains("3 events pending", "Window      ░", "0/20");
      assertThat(run.out()).as("a new queue waits for a window").contains("Next start  in ");

      JsonNode view =
          new JsonMapper().readTree(CommandRun.of((arguments + " --json").split(" ")).out());
      assertThat(view.at("/queue/pending").intValue()).isEqualTo(3);
    }
  }

  @Test
  void aServerThatIsNotThereIsSaidToBeSo() throws IOException {
    CommandRun run =
        CommandRun.of("monitor", "--redis", "redis://127.0.0.1:" + Loopback.freePort());

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.errLines()).hasSize(1);
  }
}
