package io.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.report.RoundReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class EmbeddedRoundTest {

  private static final Pattern README_JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final String MARK = "// README\n";

  @Test
  void drainsARound() {
    List<String> audited = new CopyOnWriteArrayList<>();

    RoundReport report =
        EmbeddedRound.drain(
            List.of(
                AuditEvent.of("event-1", EventType.BALANCE_CHECK_REQUIRED, "wallet-1"),
                AuditEvent.of("event-2", EventType.REBALANCE_NEEDED, "wallet-2")),
            audited::add);

    assertThat(audited).containsExactly("wallet-2", "wallet-1");
    assertThat(report.done()).isEqualTo(2);
    assertThat(report.deadlineMet()).isTrue();
    assertThat(report.limitHeld()).isTrue();
  }

  @Test
  void isWhatTheReadmeShowsInTwelveLines() throws IOException {
    Matcher inReadme = README_JAVA.matcher(Files.readString(Path.of("../README.md")));
    assertThat(inReadme.find()).isTrue();
    String[] source =
        Files.readString(Path.of("src/main/java/io/ratelimit/examples/EmbeddedRound.java"))
            .split(MARK, -1);

    assertThat(inReadme.group(1).stripIndent().strip())
        .isEqualTo(("    " + source[1].stripTrailing()).stripIndent().strip());
    assertThat(inReadme.group(1).lines()).hasSizeLessThanOrEqualTo(12);
  }
}
