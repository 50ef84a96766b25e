package io.ratelimit.core.internal.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.handler.Failure;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttemptTallyTest {

  private static Lease lease(String type, int attempt, int takenAtSecond) {
    AuditEvent event = AuditEvent.of("e", EventType.of(type), "w").withWeight(3);
    Instant taken = Instant.EPOCH.plusSeconds(takenAtSecond);
    return new Lease("token", 1, event, attempt, "worker", Instant.EPOCH, taken, taken);
  }

  private static void add(AttemptTally.Counter counter, int from, int to, int types) {
    List<AttemptOutcome> outcomes =
        List.of(
            new AttemptOutcome.Done(),
            new AttemptOutcome.Failed(Failure.of("kind", "reason")),
            new AttemptOutcome.Retry(Duration.ZERO, Failure.of("kind", "again")),
            new AttemptOutcome.Released());
    for (int n = from; n < to; n++) {
      counter.add(
          lease("type-" + n % types, 1 + n % 2, n),
          outcomes.get(n % 4),
          Duration.ofMillis(n),
          n % 11 == 0 ? Settlement.STALE_LEASE : Settlement.SETTLED);
    }
  }

  private static AttemptTally of(int from, int to, int types) {
    AttemptTally.Counter counter = new AttemptTally.Counter();
    add(counter, from, to, types);
    return counter.tally();
  }

  private static AttemptTally of(int from, int to) {
    return of(from, to, 40);
  }

  @Test
  void partsAddUpToTheWhole() {
    AttemptTally whole = of(0, 1_000);

    assertThat(of(0, 10).plus(of(10, 999)).plus(of(999, 1_000)))
        .usingRecursiveComparison()
        .ignoringFields("byType.processing")
        .isEqualTo(whole);
    assertThat(AttemptTally.NONE.plus(whole)).isEqualTo(whole);
    assertThat(whole.plus(AttemptTally.NONE)).isEqualTo(whole);
    assertThat(whole.attempts()).isEqualTo(1_000);
    assertThat(whole.permits()).isEqualTo(3_000);
    assertThat(whole.done() + whole.failed() + whole.retries() + whole.released())
        .isEqualTo(1_000 - whole.staleLeases());
    assertThat(whole.firstStart()).contains(Instant.EPOCH);
    assertThat(whole.lastStart()).contains(Instant.EPOCH.plusSeconds(999));
    assertThat(whole.waiting().total()).as("first attempts only").isEqualTo(500);
  }

  @Test
  void timesOfAFewTypesAddUpToo() {
    int few = AttemptTally.MOST_TIMED_TYPES;
    AttemptTally whole = of(0, 1_000, few);

    assertThat(of(0, 10, few).plus(of(10, 999, few)).plus(of(999, 1_000, few))).isEqualTo(whole);
    assertThat(whole.byType())
        .allSatisfy(type -> assertThat(type.processing().total()).isEqualTo(type.attempts()));
    assertThat(whole.byType().get(7).processing().longest()).isEqualTo(Duration.ofMillis(997));
  }

  /** The times of some attempts must not pass for those of all. */
  @Test
  void timesOfManyTypesAreOfFewerAttempts() {
    AttemptTally whole = of(0, 1_000).plus(of(1_000, 2_000));

    assertThat(whole.byType().stream().filter(type -> type.processing().total() > 0))
        .hasSizeLessThanOrEqualTo(AttemptTally.MOST_TIMED_TYPES);
    assertThat(whole.byType().stream().mapToLong(AttemptTally.OfType::retries).sum())
        .isEqualTo(whole.retries());
  }

  @Test
  void typesBeyondTheMostAreOneTogether() {
    AttemptTally tally = of(0, 700, 70);

    assertThat(tally.byType()).hasSize(AttemptTally.MOST_TYPES);
    assertThat(tally.byType().stream().mapToLong(AttemptTally.OfType::attempts).sum())
        .isEqualTo(700);
    assertThat(tally.byType().get(AttemptTally.MOST_TYPES - 1).attempts()).isEqualTo(210);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "é", "≤", "😀"})
  void aTextIsCutInFrontOfACharacter(String character) {
    for (int bytes = 10; bytes < 20; bytes++) {
      String cut = AttemptTally.cut(character.repeat(100), bytes);

      assertThat(cut.getBytes(StandardCharsets.UTF_8)).hasSizeBetween(bytes - 3, bytes);
      assertThat(cut).matches("(" + character + ")*…");
    }
    assertThat(AttemptTally.cut(character, 10)).isEqualTo(character);
  }
}
