package io.ratelimit.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.limit.RateLimit;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StartsTextTest {

  private static final RateLimit LIMIT = RateLimit.of(20).perMinute();

  @Test
  void whatFitsIsOutOfWhatIsAllowed() {
    assertThat(StartsText.of(12, LIMIT)).isEqualTo("12 of 20 starts in 60 s");
  }

  @Test
  void whatAHigherLimitLeftIsNoBreach() {
    assertThat(StartsText.of(36, LIMIT))
        .isEqualTo("36 starts in 60 s, made under a higher limit; 20 are allowed now");
  }

  @Test
  void afterAHigherLimitItIsSaidWhenStartsGoOn() {
    assertThat(StartsText.of(36, LIMIT, false, Optional.of(Duration.ofMillis(940))))
        .isEqualTo(
            "36 starts in 60 s, made under a higher limit; 20 are allowed now; starts"
                + " resume in 900 ms");
    assertThat(StartsText.brief(36, LIMIT)).isEqualTo("36 (earlier limit)");
    assertThat(StartsText.brief(12, LIMIT)).isEqualTo("12/20");
  }

  @Test
  void aPauseIsSaid() {
    assertThat(StartsText.of(3, LIMIT, true, Optional.of(Duration.ofSeconds(2))))
        .isEqualTo("3 of 20 starts in 60 s; paused for 2 s");
    assertThat(StartsText.of(36, LIMIT, true, Optional.empty()))
        .endsWith("20 are allowed now; paused until resumed");
  }

  @Test
  void aWaitIsSaidWhereThePaceDoesNotExplainIt() {
    assertThat(StartsText.of(20, LIMIT, false, Optional.of(Duration.ofSeconds(41))))
        .isEqualTo("20 of 20 starts in 60 s; nothing starts for 41 s");
    assertThat(StartsText.of(1, LIMIT, false, Optional.of(Duration.ofSeconds(3))))
        .isEqualTo("1 of 20 starts in 60 s");
    assertThat(StartsText.of(1, LIMIT, false, Optional.empty()))
        .isEqualTo("1 of 20 starts in 60 s");
  }
}
