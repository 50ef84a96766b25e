package io.ratelimit.cli.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SlidingWindowTest {

  private static final Duration WINDOW = Duration.ofSeconds(10);

  private final VirtualTime time = VirtualTime.atEpoch();
  private final SlidingWindow window = new SlidingWindow();

  private SlidingWindow.Entry arrive(int limit) {
    return window.arrive(limit, WINDOW, time);
  }

  private static SlidingWindow.Entry entry(boolean letIn, int remaining, int untilNext) {
    return new SlidingWindow.Entry(letIn, remaining, Duration.ofSeconds(untilNext));
  }

  @Test
  void letsSoManyIntoAnyWindow() {
    assertThat(arrive(2)).isEqualTo(entry(true, 1, 10));
    time.advance(Duration.ofSeconds(4));
    assertThat(arrive(2)).isEqualTo(entry(true, 0, 6));
    assertThat(arrive(2)).isEqualTo(entry(false, 0, 6));
    time.advance(Duration.ofSeconds(6).minusNanos(1));
    assertThat(arrive(2).letIn()).isFalse();
    time.advance(Duration.ofNanos(1));
    assertThat(arrive(2)).isEqualTo(entry(true, 0, 4));
    assertThat(window.most()).isEqualTo(2);
  }

  @Test
  void aLoweredLimitCountsWhatCameBefore() {
    arrive(3);
    arrive(3);
    arrive(3);

    assertThat(arrive(1)).isEqualTo(entry(false, 0, 10));
    time.advance(WINDOW);
    assertThat(arrive(1)).isEqualTo(entry(true, 0, 10));
  }
}
