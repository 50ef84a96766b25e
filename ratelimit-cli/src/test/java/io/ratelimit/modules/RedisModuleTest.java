package io.ratelimit.modules;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisModuleTest {

  @TempDir private Path directory;
  private HostModule host;

  @BeforeEach
  void prepare() {
    host =
        HostModule.in(
            directory,
            "bucket4j|jackson-core|jspecify|lettuce|netty|reactive-streams|reactor|redis-authx"
                + "|slf4j-api");
  }

  @Test
  void aNamedModuleRunsTheEngineAndSeesRedis() throws Exception {
    String printed =
        host.run(
            List.of("io.ratelimit.redis"),
            """
            package host;

            import io.ratelimit.core.engine.AuditEngine;
            import io.ratelimit.core.event.AuditEvent;
            import io.ratelimit.core.event.EventType;
            import io.ratelimit.core.limit.RateLimit;
            import io.ratelimit.core.queue.EventQueue;
            import io.ratelimit.core.queue.InMemoryEventQueue;
            import io.ratelimit.core.queue.QueueUnavailableException;
            import io.ratelimit.redis.RedisEventQueue;
            import java.time.Duration;

            public final class Main {
              public static void main(String[] arguments) {
                RateLimit limit = RateLimit.of(1_000).perSecond();
                try (EventQueue queue = InMemoryEventQueue.create(limit);
                    AuditEngine engine =
                        AuditEngine.builder(queue).limitPerWorker(limit).handler(e -> {}).build()) {
                  queue.publish(AuditEvent.of("event", EventType.BALANCE_CHECK_REQUIRED, "wallet"));
                  System.out.println(engine.runRound().done() + " done by " + named(engine));
                }
                try {
                  RedisEventQueue.builder(limit).uri("redis://127.0.0.1:1").connect();
                } catch (QueueUnavailableException away) {
                  System.out.println("no Redis for " + named(RedisEventQueue.class));
                }
                System.exit(0);
              }

              private static String named(Object object) {
                Class<?> type = object instanceof Class<?> itself ? itself : object.getClass();
                return type.getModule().getName();
              }
            }
            """);

    assertThat(printed)
        .contains("1 done by io.ratelimit.core")
        .contains("no Redis for io.ratelimit.redis");
  }

  @ParameterizedTest
  @CsvSource({
    "io.ratelimit.core,  io.ratelimit.core.internal.check, Requirements",
    "io.ratelimit.redis, io.ratelimit.redis.internal.store, Store"
  })
  void aHostDoesNotSeeTheInsides(String module, String inside, String type) throws Exception {
    String printed =
        host.run(
            List.of(module),
            """
            package host;

            public final class Main {
              private static final Class<?> INSIDE = %s.%s.class;
            }
            """
                .formatted(inside, type));

    assertThat(printed)
        .contains("package " + inside + " is not visible")
        .contains("does not export it");
  }
}
