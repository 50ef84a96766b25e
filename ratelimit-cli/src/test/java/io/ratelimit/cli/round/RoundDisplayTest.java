package io.ratelimit.cli.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.cli.CommandRun;
import io.ratelimit.cli.shell.Console;
import io.ratelimit.cli.shell.PrintableWriter;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.QueueUnavailableException;
import java.io.StringWriter;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RoundDisplayTest {

  private final InMemoryEventQueue queue = InMemoryEventQueue.create(RateLimit.of(20).perMinute());
  private final AtomicBoolean away = new AtomicBoolean();
  private final StringWriter shown = new StringWriter();

  private EventQueue thatMayBeAway() {
    return (EventQueue)
        Proxy.newProxyInstance(
            EventQueue.class.getClassLoader(),
            new Class<?>[] {EventQueue.class},
            (proxy, method, arguments) -> {
              if (away.get()) {
                throw new QueueUnavailableException("gone", new IllegalStateException("no route"));
              }
              return method.invoke(queue, arguments);
            });
  }

  /** The line that is overwritten again and again, as it is now. */
  private String line() {
    String all = shown.toString();
    return all.substring(all.lastIndexOf('\r') + 1).replaceAll("\u001b\\[[0-9;]*[mK]", "");
  }

  @Test
  void aQueueThatDoesNotAnswerIsNotShownAsIfItDid() {
    queue.publish(AuditEvent.of("e", EventType.BALANCE_CHECK_REQUIRED, "w"));
    try (RoundDisplay display =
        new RoundDisplay(
            new Console(new PrintableWriter(shown), true),
            true,
            CommandRun.plainTerminal(),
            thatMayBeAway(),
            queue.stats(),
            Duration.ofMinutes(3),
            () -> {})) {
      display.start();
      await().untilAsserted(() -> assertThat(line()).contains("1 wait").doesNotContain("answer"));
      away.set(true);

      await()
          .untilAsserted(
              () -> assertThat(line()).matches("The queue does not answer; \\d+ s ago: 0/1"));
      assertThat(line()).hasSizeLessThan(CommandRun.WIDTH);
      away.set(false);

      await().untilAsserted(() -> assertThat(line()).contains("1 wait").doesNotContain("answer"));
    }
    assertThat(line()).as("nothing is left that would be overwritten").isEmpty();
  }
}
