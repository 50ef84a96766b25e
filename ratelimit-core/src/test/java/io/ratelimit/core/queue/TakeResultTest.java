package io.ratelimit.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TakeResultTest {

  private static final Instant NOW = Instant.ofEpochSecond(1_000);
  private static final Duration IDLE_POLL = Duration.ofSeconds(2);

  private static Instant askAgainAt(TakeResult result) {
    return result.askAgainAt(NOW, IDLE_POLL);
  }

  @Test
  void whereSomethingWasTakenThereMayBeMore() {
    assertThat(askAgainAt(new TakeResult.Taken(List.of()))).isEqualTo(NOW);
  }

  @Test
  void theLimitsTimeIsExactHoweverFarItIs() {
    Instant far = NOW.plusSeconds(3_600);

    assertThat(askAgainAt(new TakeResult.NotBefore(far))).isEqualTo(far);
  }

  @Test
  void whatFallsDueSoonerThanThePollIsAskedForThen() {
    Optional<Instant> soon = Optional.of(NOW.plusSeconds(1));

    assertThat(askAgainAt(new TakeResult.Empty(soon))).isEqualTo(soon.get());
    assertThat(askAgainAt(new TakeResult.Paused(soon))).isEqualTo(soon.get());
  }

  @Test
  void anAnswerThatMayChangeWithoutAWordIsTrustedForAPoll() {
    Instant polled = NOW.plus(IDLE_POLL);
    Optional<Instant> late = Optional.of(NOW.plusSeconds(60));

    assertThat(askAgainAt(new TakeResult.Empty(Optional.empty()))).isEqualTo(polled);
    assertThat(askAgainAt(new TakeResult.Empty(late))).isEqualTo(polled);
    assertThat(askAgainAt(new TakeResult.Paused(Optional.empty()))).isEqualTo(polled);
    assertThat(askAgainAt(new TakeResult.Paused(late))).isEqualTo(polled);
  }
}
