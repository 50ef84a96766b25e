package io.ratelimit.testkit.example;

import static io.ratelimit.testkit.report.RoundAssert.assertThatRound;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.testkit.time.DeterministicTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/testing.md shows code that is compiled and run. */
class TestingPageTest {

  private static final Path PAGE = Path.of("../docs/testing.md");
  private static final Path EXAMPLE =
      Path.of("src/test/java/io/ratelimit/testkit/example/WalletAuditTest.java");
  private static final Pattern SHOWN =
      Pattern.compile("  // docs: (?!end)\\w+\n(.*?)\n*  // docs: end\n", Pattern.DOTALL);

  @Test
  void theExamplesAreTestsThatRun() throws IOException {
    List<String> shown =
        SHOWN
            .matcher(Files.readString(EXAMPLE))
            .results()
            .map(match -> match.group(1).stripIndent())
            .toList();

    assertThat(shown).hasSize(4);
    String page = Files.readString(PAGE);
    assertThat(shown).allSatisfy(code -> assertThat(page).contains("```java\n" + code + "\n```\n"));
  }

  @Test
  void theFailureIsTheOneThatIsThrown() throws IOException {
    DeterministicTime time = DeterministicTime.atEpoch();
    EventQueue queue = InMemoryEventQueue.builder(RateLimit.of(20).perMinute()).time(time).build();
    for (int i = 0; i < 108; i++) {
      queue.publish(AuditEvent.of("audit-" + i, EventType.OPEN_ORDER_DETECTED, "wallet-" + i));
    }
    AuditEngine engine =
        AuditEngine.builder(queue)
            .handler(
                event -> {
                  time.sleep(Duration.ofSeconds(4));
                })
            .build();

    Throwable failure = catchThrowable(() -> assertThatRound(engine.runRound()).metDeadline());

    String told = String.valueOf(failure.getMessage());
    assertThat(Files.readString(PAGE))
        .contains("```\n" + told.substring(0, told.indexOf('\n')) + "\n```\n");
  }
}
