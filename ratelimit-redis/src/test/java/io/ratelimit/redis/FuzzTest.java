package io.ratelimit.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.queue.WantedTypes;
import io.ratelimit.redis.internal.script.Keys;
import io.ratelimit.redis.internal.script.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sends arguments that no client would send. */
class FuzzTest {

  private static final int TRIES = 200;
  private static final List<String> HOSTILE =
      List.of(
          "",
          " ",
          "-",
          "0",
          "-1",
          "1.5",
          "1e30",
          "9".repeat(30),
          "nan",
          "inf",
          "0x10",
          "x",
          "ä",
          "\0",
          "1 2",
          "%",
          "#",
          "*",
          "+inf",
          "(1",
          "[a",
          "{x}:meta",
          "0:1:T",
          "3:1:T ",
          "T T");

  /** Whatever its arguments, a script refuses or serves them; other events stay intact. */
  @ParameterizedTest
  @EnumSource
  void noArgumentsLoseAnEvent(Script script) {
    RedisClient client = RedisClient.create(TestClients.resources(), TestClients.server().uri());
    String namespace = TestClients.newNamespace();
    RateLimit limit = RateLimit.of(1_000_000).per(Duration.ofMillis(1)).withBurst(1_000_000);
    Limits limits =
        Limits.builder()
            .limit("account", event -> null, limit)
            .limit("other", event -> null, limit)
            .build();
    try (RedisEventQueue queue =
            TestClients.queue(limit).namespace(namespace).limits(limits).connect();
        StatefulRedisConnection<byte[], byte[]> raw = client.connect(ByteArrayCodec.INSTANCE)) {
      Keys keys = new Keys(namespace);
      Random random = new Random(script.name().hashCode());
      List<Lease> held = populate(queue);
      for (int i = 0; i < TRIES; i++) {
        try {
          Object unused =
              raw.sync()
                  .eval(
                      script.text(),
                      ScriptOutputType.MULTI,
                      keys.of(script),
                      arguments(script, held, random));
        } catch (RedisCommandExecutionException refused) {
          assertThat(refused.getMessage()).isNotBlank();
        }
        if (script != Script.REMOVE) {
          assertWhole(queue, script + " try " + i);
        }
      }
      if (script != Script.REMOVE && script != Script.CHANGE_LIMIT) {
        assertDrains(queue);
      }
    } finally {
      client.shutdown();
    }
  }

  private static List<Lease> populate(RedisEventQueue queue) {
    List<AuditEvent> events = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      EventType type =
          EventType.of("T" + i % 4).withPriority(List.of(Priority.values()).get(i % 3));
      events.add(AuditEvent.of("e" + i, type, "w"));
    }
    queue.publish(events);
    TakeResult unused =
        queue.take(
            new TakeRequest("none", "w", 1, Duration.ofHours(1), WantedTypes.named(Set.of("X"))));
    TakeResult taken =
        queue.take(
            new TakeRequest("held", "w", 9, Duration.ofHours(1), WantedTypes.named(Set.of("T1"))));
    List<Lease> leases = ((TakeResult.Taken) taken).leases();
    queue.retry(leases.get(0), Duration.ofHours(1), "later");
    queue.fail(leases.get(1), "never");
    return leases.subList(2, leases.size());
  }

  /** Returns arguments; in half of the calls, nearly all are right. */
  private static byte[][] arguments(Script script, List<Lease> held, Random random) {
    List<String> arguments = new ArrayList<>();
    boolean mostlyRight = random.nextBoolean();
    List<String> names = new ArrayList<>();
    List<String> group = new ArrayList<>();
    for (String name : script.arguments()) {
      (name.startsWith("[") || !group.isEmpty() ? group : names)
          .add(name.replaceAll("[\\[\\]…]", ""));
    }
    for (int n = random.nextInt(3); n > 0; n--) {
      names.addAll(group);
    }
    if (random.nextInt(8) == 0 && !names.isEmpty()) {
      names.remove(random.nextInt(names.size()));
    }
    Lease lease = held.get(random.nextInt(held.size()));
    for (String name : names) {
      boolean right = mostlyRight ? random.nextInt(6) > 0 : random.nextInt(3) > 0;
      arguments.add(
          right ? right(script, name, lease, random) : HOSTILE.get(random.nextInt(HOSTILE.size())));
    }
    return arguments.stream().map(text -> text.getBytes(UTF_8)).toArray(byte[][]::new);
  }

  private static String right(Script script, String name, Lease lease, Random random) {
    return switch (name) {
      case "given" -> "- - - - - - 0";
      case "seen", "names", "bound" -> "";
      case "remembered" -> "1 0 0 1 1000000 1000 1000000 0 - - - - - 0";
      case "start_up" -> "full";
      case "token" -> lease.token();
      case "id" -> random.nextBoolean() ? lease.event().id() : "new" + random.nextInt(1_000);
      case "type" -> "1:10000000:T1";
      case "expiry" -> random.nextBoolean() ? "" : "f3600000000";
      case "replacing" -> List.of("", "new", "kept").get(random.nextInt(3));
      case "dedup" -> random.nextBoolean() ? "0" : "3600000000";
      case "content" -> "1:w0;";
      case "weight", "heaviest", "max", "up_to" -> "1";
      case "charges" -> List.of("", "/account=a:1", "/account=a:2/other=:1").get(random.nextInt(3));
      case "priority" -> script == Script.PEEK ? "NORMAL" : Integer.toString(random.nextInt(3));
      case "scope" -> "FAILED";
      case "start_in", "aging", "failed_age", "after", "retain" -> "0";
      case "request" -> "fuzz-" + random.nextInt(50);
      default -> "1000000";
    };
  }

  private static void assertWhole(RedisEventQueue queue, String what) {
    QueueStats stats = queue.stats();
    assertThat(stats.isConserved()).as("%s: %s", what, stats).isTrue();
    assertThat(stats.pendingByType().values().stream().mapToLong(n -> n).sum())
        .as(what)
        .isEqualTo(stats.pending());
  }

  /** Each event is handed out, or fails if its content is unreadable. */
  private static void assertDrains(RedisEventQueue queue) {
    QueueStats before = queue.stats();
    for (int i = 0; i < 100 && queue.stats().pending() > 0; i++) {
      TakeResult unused = queue.take(new TakeRequest("drain" + i, "w", 100, Duration.ofHours(1)));
    }
    QueueStats after = queue.stats();
    assertThat(after.pending()).isZero();
    // If this takes long, delayed retries become due in the meantime.
    assertThat(after.leased() + after.failed() + after.delayed())
        .isEqualTo(before.pending() + before.leased() + before.failed() + before.delayed());
  }
}
