package io.ratelimit.core.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.ratelimit.core.report.Spread;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class RoundRecordTest {

  private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678901Z");

  private static final RoundRecord ROUND =
      new RoundRecord(
          "r1",
          "audit",
          "engine",
          AT,
          AT.plusSeconds(170),
          Duration.ofMinutes(3),
          RoundRecord.Outcome.MET,
          Optional.empty(),
          Optional.of(new RoundRecord.Counts(100, 8, 108, 0, 0, 0, 112, 4)),
          Optional.of(List.of(5L, 3L)),
          List.of(
              new RoundRecord.OfType(
                  "A",
                  Optional.of(100L),
                  Optional.of(List.of(5L, 3L)),
                  112,
                  108,
                  0,
                  4,
                  Optional.of(Spread.of(Duration.ofSeconds(3), Duration.ofMillis(3_001))))),
          new RoundRecord.Sample(112, Optional.empty(), Optional.of(Spread.NONE), Optional.empty()),
          RoundRecord.LimitUse.NONE,
          Optional.empty(),
          Map.of(),
          List.of());

  /** Stores and files contain this format: a change here changes them, too. */
  @Test
  void hasAFormThatStays() {
    String line =
        "{\"v\":1,\"id\":\"r1\",\"queue\":\"audit\",\"owner\":\"engine\","
            + "\"startedAt\":\"2026-01-02T03:04:05.678901Z\","
            + "\"endedAt\":\"2026-01-02T03:06:55.678901Z\",\"deadline\":180,\"outcome\":\"MET\","
            + "\"counts\":{\"backlog\":100,\"published\":8,\"done\":108,\"failed\":0,"
            + "\"remaining\":0,\"lost\":0,\"attempts\":112,\"retries\":4},"
            + "\"arrivalsByMinute\":[5,3],\"types\":[{\"type\":\"A\",\"backlog\":100,"
            + "\"arrivalsByMinute\":[5,3],\"attempts\":112,\"done\":108,\"failed\":0,"
            + "\"retries\":4,\"processing\":{\"counts\":{\"75\":2},"
            + "\"longest\":3.001}}],\"sample\":{\"attempts\":112,"
            + "\"processing\":{\"counts\":{},\"longest\":0}},"
            + "\"limit\":{\"inForce\":[]},"
            + "\"bound\":{},\"notes\":[]}";

    assertThat(ROUND.toJson()).isEqualTo(line);
    assertThat(RoundRecord.fromJson(line)).isEqualTo(ROUND);
  }

  @Test
  void durationsCountAsTheMiddlesOfTheirBuckets() {
    RoundRecord round =
        RoundRecord.fromJson(
            "{\"v\":1,\"id\":\"r0\",\"queue\":\"audit\",\"owner\":\"engine\","
                + "\"startedAt\":\"2026-01-02T03:00:05Z\",\"endedAt\":\"2026-01-02T03:03:00Z\","
                + "\"deadline\":180,\"outcome\":\"MET\",\"types\":[{\"type\":\"A\","
                + "\"attempts\":4,\"done\":4,\"failed\":0,\"retries\":0,\"processing\":"
                + "{\"counts\":{\"75\":3,\"88\":1},\"longest\":8.5}}],"
                + "\"sample\":{\"attempts\":4,\"waiting\":{\"counts\":{},\"longest\":0}},"
                + "\"limit\":{\"inForce\":[]},\"bound\":{},\"notes\":[]}");

    Spread processing = round.types().get(0).processing().orElseThrow();
    assertThat(processing.percentiles().p50()).isEqualTo(Duration.ofMillis(2_944));
    assertThat(processing.percentiles().p90()).isEqualTo(Duration.ofMillis(8_500));
    assertThat(processing.mean()).isEqualTo(Duration.ofMillis((3 * 2_944 + 8_704) / 4));
    assertThat(round.sample().waiting()).contains(Spread.NONE);
    assertThat(RoundRecord.fromJson(round.toJson())).isEqualTo(round);
  }

  @Property(tries = 300)
  void isReadAsItWasWritten(@ForAll long seed) {
    RoundRecord round = new RandomRounds(seed, 15).next();

    assertThat(RoundRecord.fromJson(round.toJson())).isEqualTo(round);
  }

  @Property(tries = 30)
  void isBoundedWhateverItHolds(@ForAll long seed) {
    RoundRecord round = new RandomRounds(seed, 100).next();

    String line = round.toJson();

    assertThat(line.getBytes(StandardCharsets.UTF_8).length)
        .isLessThanOrEqualTo(RoundRecord.MAX_BYTES);
    RoundRecord read = RoundRecord.fromJson(line);
    assertThat(read.types().stream().mapToLong(RoundRecord.OfType::attempts).sum())
        .isEqualTo(round.types().stream().mapToLong(RoundRecord.OfType::attempts).sum());
    assertThat(read.counts()).isEqualTo(round.counts());
  }

  @Property(tries = 300)
  void refusesWhatIsCutOffOrDamaged(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    String line = new RandomRounds(seed, 10).next().toJson();
    String cut = line.substring(0, random.nextInt(line.length()));
    int at = random.nextInt(line.length());
    String damaged = line.substring(0, at) + (char) random.nextInt(128) + line.substring(at + 1);

    assertThatIllegalArgumentException().isThrownBy(() -> RoundRecord.fromJson(cut));
    assertThatNoException().isThrownBy(() -> read(damaged));
  }

  /** Reads a damaged line: undetected damage yields a round; detected damage is refused. */
  private static Optional<RoundRecord> read(String line) {
    try {
      return Optional.of(RoundRecord.fromJson(line));
    } catch (IllegalArgumentException refused) {
      return Optional.empty();
    }
  }

  @Test
  void refusesNumbersThatWouldTakeForEver() {
    String line = ROUND.toJson();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> RoundRecord.fromJson(line.replace("180", "1e999999999")));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RoundRecord.fromJson("[".repeat(100_000)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RoundRecord.fromJson("{\"v\":" + "[".repeat(100_000)));
  }

  @Test
  void refusesALaterVersionAndSaysSo() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RoundRecord.fromJson(ROUND.toJson().replace("\"v\":1", "\"v\":2")))
        .withMessageContaining("it is of version 2");
  }

  @Test
  void leavesOutWhatALaterVersionAdded() {
    String line = ROUND.toJson().replace("\"notes\"", "\"more\":{\"a\":[null]},\"notes\"");

    assertThatIllegalArgumentException()
        .as("a list without an element")
        .isThrownBy(() -> RoundRecord.fromJson(line));
    assertThat(RoundRecord.fromJson(line.replace("null", "true"))).isEqualTo(ROUND);
    assertThat(RoundRecord.fromJson(line.replace("[null]", "null"))).isEqualTo(ROUND);
  }

  @Test
  void knowsItsMarginOnlyWhereNothingWasLeft() {
    assertThat(ROUND.margin()).contains(Duration.ofSeconds(10));
    assertThat(ROUND.arrivals()).contains(108L);
    assertThat(ROUND.failureRate().orElseThrow()).isEqualTo(4.0 / 112);
    assertThat(ROUND.types().get(0).arrivals()).contains(108L);
    assertThat(RoundRecord.fromJson(ROUND.toJson().replace("\"remaining\":0", "\"remaining\":3")))
        .extracting(RoundRecord::margin)
        .isEqualTo(Optional.empty());
  }

  @Test
  void hasTheSameIdForTheSameRound() {
    String id = RoundRecord.idOf("audit", "engine", AT);

    assertThat(RoundRecord.idOf("audit", "engine", AT.plusNanos(1))).isEqualTo(id);
    assertThat(RoundRecord.idOf("audit", "engine", AT.plusNanos(1_000))).isNotEqualTo(id);
    assertThat(RoundRecord.idOf("audit", "other", AT)).isNotEqualTo(id);
    assertThat(id).matches("[0-9a-f]{32}");
  }
}
