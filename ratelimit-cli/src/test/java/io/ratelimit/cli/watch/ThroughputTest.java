package io.ratelimit.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class ThroughputTest {

  private final Throughput throughput = new Throughput();

  private void look(long second, long done) {
    throughput.look(Instant.ofEpochSecond(second), done, true);
  }

  private double last() {
    return throughput.rates().get(throughput.rates().size() - 1);
  }

  @Test
  void aSlowQueueThatIsLookedAtEachSecondNeverSeemsToStandStill() {
    for (int second = 0; second < 300; second++) {
      look(second, second / 20);
    }

    assertThat(throughput.rates()).hasSize(40).allMatch(rate -> rate == 3.0);
  }

  @Test
  void nothingIsSaidUntilEnoughWasSeen() {
    for (int second = 0; second < 10; second++) {
      look(second, second / 2);
      assertThat(throughput.rates()).isEmpty();
    }
    look(10, 5);
    assertThat(throughput.rates()).containsExactly(30.0);
  }

  @Test
  void whatReallyStandsStillIsSaidToAfterAMinute() {
    for (int second = 0; second < 60; second++) {
      look(second, 7);
    }
    assertThat(throughput.rates()).isEmpty();
    look(60, 7);
    assertThat(last()).isZero();
  }

  @Test
  void whereThereIsNothingToDoNoneGetDone() {
    throughput.look(Instant.ofEpochSecond(0), 7, false);
    throughput.look(Instant.ofEpochSecond(1), 7, false);
    assertThat(last()).isZero();
  }

  @Test
  void looksThatAreFarApartCountOneByOne() {
    look(0, 0);
    look(100, 100);
    look(200, 100);
    look(300, 150);
    assertThat(throughput.rates()).containsExactly(60.0, 0.0, 30.0);
  }

  @Test
  void aCountThatBeginsAnewIsCountedAnew() {
    look(0, 1_000);
    look(30, 1_015);
    look(31, 0);
    look(41, 5);
    assertThat(throughput.rates()).containsExactly(30.0, 30.0);
  }
}
