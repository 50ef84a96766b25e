package io.ratelimit.redis.internal.connection;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.ratelimit.testkit.server.LocalRedis;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ChangesTest {

  private static final byte[] CHANNEL = "changes".getBytes(UTF_8);

  private final AtomicInteger first = new AtomicInteger();
  private final AtomicInteger second = new AtomicInteger();
  private Instant now = Instant.EPOCH;

  /** Two queues of one namespace on one client share the connection that hears. */
  @Test
  void whetherOneHearsIsAskedWithoutTellingOthers() {
    try (LocalRedis server = LocalRedis.start()) {
      RedisClient client = RedisClient.create(server.uri());
      StatefulRedisConnection<byte[], byte[]> commands = client.connect(ByteArrayCodec.INSTANCE);
      Connections connections =
          new Connections(
              commands, commands.async(), client.connectPubSub(ByteArrayCodec.INSTANCE));
      try (Changes one = changes(connections, "one", first);
          Changes other = changes(connections, "two", second)) {
        await().until(() -> one.canBeWoken() && other.canBeWoken());
        int firstBefore = first.get();
        int secondBefore = second.get();

        for (int n = 0; n < 5; n++) {
          awaitHearing(one);
        }
        assertThat(commands.sync().publish(CHANNEL, "three".getBytes(UTF_8))).isEqualTo(1);

        await().until(() -> first.get() > firstBefore && second.get() > secondBefore);
        assertThat(first).as("told once").hasValue(firstBefore + 1);
        assertThat(second).as("told once").hasValue(secondBefore + 1);
      } finally {
        client.shutdown();
      }
    }
  }

  private Changes changes(Connections connections, String client, AtomicInteger heard) {
    return new Changes(
        connections,
        List.of(CHANNEL),
        client,
        heard::incrementAndGet,
        () -> {},
        "the test's queue",
        now);
  }

  /** Asks, until the question before is answered. */
  private void awaitHearing(Changes changes) {
    await()
        .until(
            () -> {
              now = now.plusSeconds(20);
              return changes.isHearing(now);
            });
  }
}
