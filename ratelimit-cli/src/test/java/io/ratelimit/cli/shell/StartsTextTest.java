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
    assertThat(StartsText.of(12, LIMIT)).isEqualTo("12 of 20 starts in 1 min");
  }

  @Test
  void whatAHigherLimitLeftIsNoBreach() {
    assertThat(StartsText.of(36, LIMIT))
        .isEqualTo("36 starts in 1 min from when the limit was higher; 20 are allowed now");
  }

  @Test
  void aWaitIsSaidWhereThePaceDoesNotExplainIt() {
    assertThat(StartsText.of(20, LIMIT, Optional.of(Duration.ofSeconds(41))))
        .isEqualTo("20 of 20 starts in 1 min; nothing starts for 41 s");
    assertThat(StartsText.of(1, LIMIT, Optional.of(Duration.ofSeconds(3))))
        .isEqualTo("1 of 20 starts in 1 min");
    assertThat(StartsText.of(1, LIMIT, Optional.empty())).isEqualTo("1 of 20 starts in 1 min");
  }
}
