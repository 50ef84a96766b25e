package io.ratelimit.redis.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TroubleTest {

  private final Trouble trouble = new Trouble();
  private Instant now = Instant.EPOCH;

  private void pass(Duration time) {
    now = now.plus(time);
  }

  @Test
  void aFewCallsInARowWithoutAnAnswerAreSilence() {
    for (int n = 1; n < Trouble.SILENCE; n++) {
      assertThat(trouble.unanswered(now)).isFalse();
    }
    trouble.answered();
    for (int n = 1; n < Trouble.SILENCE; n++) {
      assertThat(trouble.unanswered(now)).isFalse();
    }
    assertThat(trouble.unanswered(now)).isTrue();
  }

  @Test
  void aLostConnectionMayFirstComeBackByItself() {
    assertThat(trouble.lost(now)).isFalse();
    pass(Trouble.COMES_BACK.minusMillis(1));
    assertThat(trouble.lost(now)).isFalse();
    trouble.answered();
    pass(Duration.ofMillis(1));
    assertThat(trouble.lost(now)).isFalse();
    pass(Trouble.COMES_BACK);
    assertThat(trouble.lost(now)).isTrue();
  }

  @Test
  void attemptsAreApartAndNeverEnd() {
    assertThat(trouble.unfit(now)).isTrue();
    assertThat(trouble.unfit(now)).as("one is under way").isFalse();
    trouble.attemptFailed();
    assertThat(trouble.unfit(now)).isFalse();
    pass(Trouble.INTERVAL);
    assertThat(trouble.unfit(now)).isTrue();
    pass(Trouble.LONGEST_ATTEMPT.minusMillis(1));
    assertThat(trouble.unfit(now)).isFalse();
    pass(Duration.ofMillis(1));
    assertThat(trouble.unfit(now)).as("nothing became of the last one").isTrue();
    trouble.replaced();
    pass(Trouble.INTERVAL);
    assertThat(trouble.unfit(now)).isTrue();
  }
}
