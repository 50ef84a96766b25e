package io.ratelimit.cli.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.ratelimit.cli.CommandRun;
import io.ratelimit.core.time.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.event.Level;

class LogTest {

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-01-01T00:00:00Z"));
  private final List<String> lines = new ArrayList<>();
  private final Log log = new Log(time, lines::add);
  private final Logger foreign = new LineLogger("org.example.Client", log);

  @Test
  void aLineSaysWhenHowBadWhoWhatAndWhy() {
    IOException away = new IOException("no route\nto host", new IllegalStateException("asleep"));
    foreign.warn("cannot reach {}\u001b[2J", "redis", away);

    assertThat(lines)
        .containsExactly(
            "2026-01-01T00:00:00.000Z WARN  Client - cannot reach redis\\u001b[2J: no route to"
                + " host: asleep");
  }

  @Test
  void aTraceIsShownOfErrorsAndWhereDetailsAreWanted() {
    foreign.error("broken", new IOException("why"));
    assertThat(lines.get(0)).contains("\n        at io.ratelimit.cli.log.LogTest");

    log.use(Level.DEBUG, LogFormat.TEXT);
    foreign.warn("bad", new IOException("why"));
    foreign.debug("detail");
    assertThat(lines.get(1)).contains("\n        at io.ratelimit.cli.log.LogTest");
    assertThat(lines.get(2)).endsWith("DEBUG Client - detail");
  }

  @Test
  void asJsonEachLineIsAnObject() throws IOException {
    log.use(Level.INFO, LogFormat.JSON);
    foreign.error("broken \"{}\"\n", "ä", new IOException("why"));
    foreign.info("fine");

    JsonNode error = new JsonMapper().readTree(lines.get(0));
    assertThat(lines.get(0)).doesNotContain("\n");
    assertThat(error.get("at").textValue()).isEqualTo("2026-01-01T00:00:00Z");
    assertThat(error.get("level").textValue()).isEqualTo("ERROR");
    assertThat(error.get("logger").textValue()).isEqualTo("org.example.Client");
    assertThat(error.get("message").textValue()).isEqualTo("broken \"ä\"\n");
    assertThat(error.get("error").textValue()).isEqualTo("why");
    assertThat(error.at("/trace/0").textValue()).isEqualTo("java.io.IOException: why");
    assertThat(new JsonMapper().readTree(lines.get(1)).get("error").isNull()).isTrue();
  }

  @Test
  void whatIsAlikeIsCountedButTheProjectsOwnLines() {
    Logger own = new LineLogger("io.ratelimit.core.Something", log);
    for (int n = 0; n < 50; n++) {
      foreign.warn("Activity failure. ActivityId=" + n, new IOException("away " + n));
      own.warn("line " + n);
    }
    foreign.warn("another thing");
    assertThat(lines).hasSize(52);

    time.advance(Duration.ofSeconds(10));
    foreign.warn("Activity failure. ActivityId=" + 50, new IOException("away"));
    assertThat(lines.subList(52, lines.size()))
        .containsExactly(
            "2026-01-01T00:00:10.000Z WARN  Client - … 49 more like this in 10 s, the last:"
                + " Activity failure. ActivityId=49");
    log.tellAll();
    assertThat(lines.get(53)).endsWith("Client - Activity failure. ActivityId=50");
  }

  @ParameterizedTest
  @CsvSource({
    "org.example.Client, WARN, WARN, true",
    "org.example.Client, WARN, INFO, false",
    "org.example.Client, ERROR, WARN, false",
    "org.example.Client, TRACE, TRACE, true",
    "io.lettuce.core.protocol.ConnectionWatchdog, WARN, WARN, false",
    "io.lettuce.core.protocol.ConnectionWatchdog, INFO, WARN, false",
    "io.lettuce.core.protocol.ConnectionWatchdog, DEBUG, INFO, true",
    "io.javalin.Javalin, TRACE, ERROR, false",
    "io.ratelimit.cli.web.FailedPages, WARN, INFO, true",
    "io.ratelimit.cli.web.FailedPages, ERROR, INFO, true",
    "io.ratelimit.cli.web.FailedPages, ERROR, DEBUG, false"
  })
  void aLevelHoldsButForWhatIsAlwaysOrNeverOfUse(
      String logger, Level level, Level line, boolean written) {
    log.use(level, LogFormat.TEXT);
    assertThat(log.isWritten(logger, line)).isEqualTo(written);
  }

  @Test
  void anUnknownLevelOrFormatIsRefused() {
    CommandRun level = CommandRun.of("plan", "--log-level", "loud");
    assertThat(level.exitCode()).isEqualTo(2);
    assertThat(level.err())
        .contains("must be one of error, warn, info, debug, trace but is \"loud\"");
    assertThat(CommandRun.of("plan", "--log-format", "xml").err())
        .contains("must be one of text, json but is \"xml\"");
    assertThat(CommandRun.of("plan", "--log-level", "Info", "--log-format", "json").exitCode())
        .isZero();
    // Restores it for later tests in this process.
    assertThat(CommandRun.of("plan").exitCode()).isZero();
  }
}
