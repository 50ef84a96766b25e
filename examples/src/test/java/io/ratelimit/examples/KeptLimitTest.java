package io.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.limit.Decision;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class KeptLimitTest {

  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  /** A value in memory. */
  private static final class InMemory implements KeptLimit.Cell {
    private Optional<String> value = Optional.empty();

    @Override
    public void change(Instant now, UnaryOperator<Optional<String>> change) {
      value = change.apply(value);
    }
  }

  @Test
  void nothingStartsBeforeThePastIsKnown() {
    InMemory cell = new InMemory();

    assertThat(KeptLimit.start(cell, BEGIN))
        .isEqualTo(new Decision.NotBefore(BEGIN.plusSeconds(60)));
    assertThat(KeptLimit.start(cell, BEGIN.plusSeconds(60))).isInstanceOf(Decision.Granted.class);
    assertThat(KeptLimit.start(cell, BEGIN.plusSeconds(61)))
        .isEqualTo(new Decision.NotBefore(BEGIN.plusSeconds(63)));
  }
}
