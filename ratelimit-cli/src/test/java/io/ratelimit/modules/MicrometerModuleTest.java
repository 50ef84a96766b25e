package io.ratelimit.modules;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MicrometerModuleTest {

  @TempDir private Path directory;

  @Test
  void aNamedModuleMeasuresAQueue() throws Exception {
    HostModule host =
        HostModule.in(
            directory,
            "bucket4j|HdrHistogram|jackson-core|jspecify|LatencyUtils"
                + "|micrometer-(commons|core|observation)|slf4j-api");

    String printed =
        host.run(
            List.of("io.ratelimit.micrometer"),
            """
            package host;

            import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
            import io.ratelimit.core.event.AuditEvent;
            import io.ratelimit.core.event.EventType;
            import io.ratelimit.core.limit.RateLimit;
            import io.ratelimit.core.queue.InMemoryEventQueue;
            import io.ratelimit.micrometer.QueueMetrics;

            public final class Main {
              public static void main(String[] arguments) {
                var queue = InMemoryEventQueue.create(RateLimit.of(1).perMinute());
                queue.publish(AuditEvent.of("event", EventType.BALANCE_CHECK_REQUIRED, "wallet"));
                var registry = new SimpleMeterRegistry();
                QueueMetrics metrics = QueueMetrics.builder("host", queue).build();
                metrics.bindTo(registry);
                System.out.println(
                    metrics.getClass().getModule().getName()
                        + " has "
                        + registry.get("ratelimit.queue.events").meters().size());
                System.exit(0);
              }
            }
            """);

    assertThat(printed).containsPattern("io\\.ratelimit\\.micrometer has [1-9]");
  }
}
