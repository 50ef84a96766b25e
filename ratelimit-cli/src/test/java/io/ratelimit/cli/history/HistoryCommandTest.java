package io.ratelimit.cli.history;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.ratelimit.cli.CommandRun;
import io.ratelimit.core.history.FileRoundHistory;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.report.Spread;
import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import io.ratelimit.redis.RedisEventQueue;
import io.ratelimit.testkit.history.SampleRound;
import io.ratelimit.testkit.server.LocalRedis;
import io.ratelimit.testkit.server.Loopback;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class HistoryCommandTest {

  private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678901Z");
  private static final RateLimit NORMAL = RateLimit.of(20).perMinute();
  private static final RateLimit RAISED = RateLimit.of(60).perMinute();

  @TempDir private Path directory;

  private Path file() {
    return directory.resolve("rounds.jsonl");
  }

  /** A round each three minutes; each takes 10 s longer, so that those from the 4th on are late. */
  private static RoundRecord round(int number) {
    Instant startedAt = AT.plus(Duration.ofMinutes(3L * number));
    Duration elapsed = Duration.ofSeconds(150 + 10L * number);
    boolean met = number <= 3;
    Spread spread = Spread.of(Duration.ofSeconds(2), Duration.ofSeconds(4 + number));
    SampleRound round =
        SampleRound.ended("round-" + number, startedAt.plus(elapsed))
            .of("audits", "=manager,\"1\"")
            .took(elapsed)
            .counts(new RoundRecord.Counts(100, 8, 106, 2, 0, 0, 112, 4))
            .arrivals(8L)
            .types(
                new RoundRecord.OfType(
                    "AUDIT",
                    Optional.of(100L),
                    Optional.of(List.of(8L)),
                    112,
                    106,
                    2,
                    4,
                    Optional.of(spread)))
            .sample(
                new RoundRecord.Sample(
                    112, Optional.empty(), Optional.of(spread), Optional.empty()))
            .limit(
                new RoundRecord.LimitUse(
                    Optional.of(NORMAL),
                    List.of(
                        new RoundRecord.InForce(startedAt, NORMAL, Mode.NORMAL),
                        new RoundRecord.InForce(startedAt.plusSeconds(9), RAISED, Mode.EMERGENCY)),
                    Optional.of(50L),
                    Optional.of(40L + number)))
            .workers(new RoundRecord.Workers(4, 3.5, 9.5))
            .bound(Map.of(Constraint.RATE, 0.75, Constraint.WORK, 0.25));
    return met ? round.build() : round.missed("late: the limit was used up").build();
  }

  /** A round of which nothing is known but its times. */
  private static RoundRecord unknown() {
    return SampleRound.ended("unknown", AT.minusSeconds(400))
        .took(Duration.ofSeconds(100))
        .outcome(RoundRecord.Outcome.CANCELLED)
        .build();
  }

  private void keep(int rounds) {
    FileRoundHistory history = FileRoundHistory.at(file());
    for (int number = 0; number < rounds; number++) {
      history.append(round(number));
    }
  }

  private CommandRun history(String... more) {
    List<String> args = new ArrayList<>(List.of("history", "--file", file().toString()));
    args.addAll(List.of(more));
    return CommandRun.of(args.toArray(String[]::new));
  }

  /** The first line names a file, which is as long as it is. */
  private void assertFits(String option) {
    CommandRun run = CommandRun.onTerminal(false, "history", "--file", file().toString(), option);
    assertThat(run.outLines().stream().skip(1))
        .isNotEmpty()
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(CommandRun.WIDTH));
  }

  @Test
  void showsALineForEachRound() {
    keep(8);
    FileRoundHistory.at(file()).append(unknown());
    CommandRun run = history();

    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("9 rounds of " + file() + ": 4 met, 4 missed, 1 ended early.")
        .contains("For 1 of them, the store lost its counts meanwhile.")
        .containsPattern("(?m)^ENDED \\(UTC\\) +ROUND +MARGIN +EVENTS +FAILED +LIMIT +EXTRA +WORK")
        .containsPattern("(?m)^01-02 03:28:45 +MISSED +-40 s +108 +5\\.4 % +60/m\\w* +47 +4$")
        .containsPattern("(?m)^01-02 03:06:35 +met +\\+30 s +108 +5\\.4 % +60/m\\w* +40 +4$")
        .containsPattern("(?m)^01-02 02:57:25 +early +\\? +\\? +\\? +\\? +\\? +\\?$")
        .contains("late: the limit was used up");
    assertFits("--max=20");
    assertThat(run.out().indexOf("03:28:45")).isLessThan(run.out().indexOf("03:06:35"));
  }

  @Test
  void showsHowFiguresWent() {
    keep(8);
    CommandRun run = history("--trend");

    assertThat(run.out())
        .containsPattern("(?m)^margin +█▇▆▅▄▃▂▁ +-40 s to 30 s, falling$")
        .containsPattern("(?m)^events +▁{8} +always 108$")
        .containsPattern("(?m)^slow +▁[▁-█]{6}█ .*, rising$")
        .containsPattern("(?m)^limit +▁{8} +always 60/min$");
    assertFits("--trend");
    assertThat(CommandRun.onTerminal(true, "history", "--file", file().toString(), "--trend").out())
        .contains("\u001b[");
    assertThat(run.out()).doesNotContain("\u001b[");
  }

  @Test
  void saysThatNotAllRoundsHaveABar() {
    keep(70);
    String[] trend = {"history", "--file", file().toString(), "--trend", "--max", "100"};

    assertThat(CommandRun.onTerminal(false, trend).out()).contains("Bars: the latest 36 rounds,");
    assertThat(history("--trend").out()).contains("From the oldest round to the newest.");
  }

  @Test
  void tellsNoTrendOfAFewRounds() {
    keep(3);

    assertThat(history("--trend").out())
        .doesNotContain(", steady", ", falling")
        .contains("10 s to 30 s");
  }

  @Test
  void showsWhatTypesWere() {
    keep(4);
    CommandRun run = history("--types");

    assertThat(run.out())
        .containsPattern("(?m)^AUDIT +432 +448 +5\\.4 % +1\\.9 s +\\S+ s +7 s +4/4$");
    assertFits("--types");
  }

  @Test
  void tellsWhatCannotBeReadAndWhatIsLeftOut() throws IOException {
    keep(3);
    Files.writeString(file(), "{\"v\":1,\"id\":\"torn", StandardOpenOption.APPEND);

    assertThat(history("--max", "2").out())
        .contains("1 record cannot be read", "There are older ones: see --max.");
    assertThat(history().out()).doesNotContain("older ones");
  }

  @Test
  void isJsonForScripts() throws IOException {
    keep(3);
    JsonNode shown = new JsonMapper().readTree(history("--json", "--max", "2").out());

    assertThat(shown.get("rounds")).hasSize(2);
    assertThat(shown.get("more").booleanValue()).isTrue();
    assertThat(shown.get("unreadable").intValue()).isZero();
    JsonNode newest = shown.get("rounds").get(0);
    assertThat(newest.get("id").textValue()).isEqualTo("round-2");
    assertThat(newest.get("deadlineSeconds").doubleValue()).isEqualTo(180);
    assertThat(newest.get("counts").get("done").intValue()).isEqualTo(106);
  }

  @Test
  void isLinesOfValuesForTables() {
    keep(2);
    List<String> rounds = history("--csv").outLines();
    List<String> types = history("--csv", "--types").outLines();

    assertThat(rounds).hasSize(3);
    assertThat(rounds.get(0)).startsWith("id,queue,owner,started_at,ended_at,deadline,outcome,");
    assertThat(rounds.get(1))
        .startsWith("round-1,audits,\"'=manager,\"\"1\"\"\",2026-01-02T03:07:05.678901Z,")
        .contains(",180.0,MET,20.0,100,8,106,2,0,0,112,4,");
    assertThat(rounds.get(1).replaceAll("\"[^\"]*(\"\"[^\"]*)*\"", "").split(",", -1))
        .hasSameSizeAs(rounds.get(0).split(",", -1));
    assertThat(types).hasSize(3);
    assertThat(types.get(1))
        .startsWith("round-1,")
        .contains(",AUDIT,100,108,112,106,2,4,1.984,4.864,4.864,5.0");
  }

  @Test
  void showsOnlyWhatEndedSince() {
    keep(5);

    assertThat(history("--since", round(3).endedAt().toString()).out()).contains("2 rounds of");
    assertThat(history("--since", "1s").out()).startsWith("no round is kept of");
    CommandRun refused = history("--since", "soon");
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains("--since", "24h", "\"soon\"");
    assertThat(history("--json", "--csv").exitCode()).isEqualTo(2);
  }

  @Test
  void showsTheRoundsOfAQueue() throws IOException {
    try (LocalRedis redis = LocalRedis.start();
        RedisEventQueue queue =
            RedisEventQueue.builder(NORMAL).uri(redis.uri()).namespace("audits").connect()) {
      String[] command = {"history", "--redis", redis.uri(), "--queue", "audits"};
      assertThat(CommandRun.of(command).out()).isEqualTo("no round is kept of queue audits\n");
      queue.history().append(round(1));

      CommandRun run = CommandRun.of(command);
      assertThat(run.out()).contains("1 round of queue audits: 1 met, 0 missed", "01-02 03:09:45");
      assertThat(CommandRun.of("history", "--redis", redis.uri(), "--queue", "another").exitCode())
          .isEqualTo(2);
    }
  }

  @Test
  void saysWhereRedisIsAway() {
    CommandRun run =
        CommandRun.of("history", "--redis", "redis://127.0.0.1:" + Loopback.freePort());

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).contains("cannot be reached");
  }
}
