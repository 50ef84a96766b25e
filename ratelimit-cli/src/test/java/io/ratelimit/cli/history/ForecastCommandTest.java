package io.ratelimit.cli.history;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.ratelimit.cli.CommandRun;
import io.ratelimit.core.history.FileRoundHistory;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.report.Spread;
import io.ratelimit.redis.RedisEventQueue;
import io.ratelimit.testkit.history.SampleRound;
import io.ratelimit.testkit.server.LocalRedis;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ForecastCommandTest {

  private static final Duration ELAPSED = Duration.ofSeconds(150);

  /** Rounds that are older than four weeks are not learned. */
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);

  @TempDir private Path directory;

  private Path file() {
    return directory.resolve("rounds.jsonl");
  }

  /** A round that began so many times three minutes ago; 60 events wait, and the others come. */
  private RoundRecord round(String queue, int ago, long published) {
    Instant startedAt = now.minus(Duration.ofMinutes(3L * ago));
    Spread spread = Spread.of(Duration.ofSeconds(4));
    long all = 60 + published;
    return SampleRound.ended(RoundRecord.idOf(queue, "engine", startedAt), startedAt.plus(ELAPSED))
        .of(queue, "engine")
        .took(ELAPSED)
        .counts(new RoundRecord.Counts(60, published, all, 0, 0, 0, all, 0))
        .arrivals(published)
        .types(
            new RoundRecord.OfType(
                "AUDIT",
                Optional.of(60L),
                Optional.of(List.of(published)),
                all,
                all,
                0,
                0,
                Optional.of(spread)))
        .build();
  }

  private void keep(String queue, long... published) {
    FileRoundHistory history = FileRoundHistory.at(file());
    for (int i = 0; i < published.length; i++) {
      history.append(round(queue, published.length - i, published[i]));
    }
  }

  private CommandRun forecast(String... more) {
    List<String> args = new ArrayList<>(List.of("forecast", "--file", file().toString()));
    args.addAll(List.of(more));
    return CommandRun.of(args.toArray(String[]::new));
  }

  @Test
  void saysWhatIsExpectedHowWrongThatWasAndWhetherItIsUsed() {
    keep("audits", 40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 60);
    CommandRun run = forecast("--max", "2");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .containsPattern("(?m)^Queue +audits$")
        .containsPattern("(?m)^Next round +\\d+ events, \\d+ to \\d+ in 9 of 10 rounds; an attempt")
        .containsPattern("(?m)^Arrival +(59|60) % at its begin, all after 1 min$")
        .containsPattern(
            "(?m)^Forecast +by smoothing, from 12 rounds; the newest ended \\d+ s ago$")
        .containsPattern("(?m)^Error +the last 10 forecasts were off by 2 % of the events; up to")
        .containsPattern("(?m)^Use +rounds provide for these events before they come")
        .containsPattern("(?m)^AUDIT +\\d+(\\.\\d)? .* s$")
        .containsPattern("(?m)^\\d\\d-\\d\\d [0-9:]{8} +100 +100 +100 +120 +\\+20$")
        .containsPattern("(?m)^\\d\\d-\\d\\d [0-9:]{8} +100 +100 +100 +100 +0$");
    assertThat(run.out().lines().filter(line -> line.matches("\\d\\d-\\d\\d .*"))).hasSize(2);
    assertThat(CommandRun.onTerminal(false, "forecast", "--file", file().toString()).outLines())
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(CommandRun.WIDTH));
  }

  @Test
  void saysWhyForecastsAreNotUsed() {
    keep("audits", 40);
    assertThat(forecast().out())
        .contains("100 events, within bounds that are not known yet")
        .containsPattern("(?m)^Error +not known: no round was forecast before it came$")
        .containsPattern("(?m)^Use +forecasts are not used yet: 0 of 10 rounds were forecast$");

    keep("wild", 0, 300, 0, 300, 0, 300, 0, 300, 0, 300, 0, 300);
    assertThat(forecast("--queue", "wild").out())
        .containsPattern("(?m)^Use +forecasts are not used: the last 10 were off by \\d+ %, more");
  }

  @Test
  void saysThatNothingIsForecast() {
    CommandRun none = forecast();
    assertThat(none.exitCode()).isEqualTo(2);
    assertThat(none.err()).contains("no round is kept of");
    FileRoundHistory.at(file()).append(round("audits", 20_000, 40));
    assertThat(forecast().out())
        .isEqualTo(
            """
            Queue       audits
            Next round  is not forecast: no round of the last four weeks is kept
            """);
  }

  @Test
  void isJsonForScripts() throws IOException {
    keep("audits", 40, 50, 40);
    JsonNode shown = new JsonMapper().readTree(forecast("--json").out());

    assertThat(shown.get("queue").textValue()).isEqualTo("audits");
    assertThat(shown.get("learned").intValue()).isEqualTo(3);
    assertThat(shown.get("trust").get("used").booleanValue()).isFalse();
    assertThat(shown.get("trust").get("judged").intValue()).isEqualTo(2);
    assertThat(shown.get("expected").get("events").get("mean").doubleValue())
        .isBetween(95.0, 110.0);
    assertThat(shown.get("expected").get("workSeconds").doubleValue()).isBetween(350.0, 450.0);
    assertThat(shown.get("past")).hasSize(2);
    assertThat(shown.get("past").get(0).get("expected").get("high").isNull()).isTrue();
    assertThat(shown.get("past").get(0).get("came").intValue()).isEqualTo(110);
  }

  @Test
  void forecastsTheQueueInRedis() throws IOException {
    try (LocalRedis redis = LocalRedis.start();
        RedisEventQueue queue =
            RedisEventQueue.builder(RateLimit.of(20).perMinute())
                .uri(redis.uri())
                .namespace("audits")
                .connect()) {
      queue.history().append(round("audits", 1, 40));
      String[] command = {"forecast", "--redis", redis.uri(), "--queue", "audits"};

      assertThat(CommandRun.of(command).out()).contains("from 1 round;");
      assertThat(CommandRun.of("forecast", "--redis", redis.uri(), "--queue", "no").exitCode())
          .isEqualTo(2);
    }
  }
}
