package io.ratelimit.core.limit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StartLogTest {

  @Test
  void forgetsAllThatIsOldAtOnceWhicheverPartOfTheQueueItIsIn() {
    StartLog log =
        StartLog.EMPTY.append(10, 1).append(20, 1).append(30, 1).append(40, 1).forget(30);

    assertThat(log.weightAfter(0)).as("only the start at 40 is left").isEqualTo(1);
    assertThat(log.earliestWithRoom(40, 100, 9)).as("30 is the latest forgotten").isEqualTo(130);
  }

  @Test
  void keepsWhatIsNewerThanTheTimeToForget() {
    StartLog log = StartLog.EMPTY.append(10, 1).append(20, 2).append(30, 4).forget(19);

    assertThat(log.weightAfter(0)).isEqualTo(6);
    assertThat(log.earliestWithRoom(30, 100, 9)).isEqualTo(110);
    assertThat(log.earliestWithRoom(30, 100, 5)).as("20 leaves").isEqualTo(120);
    assertThat(log.earliestWithRoom(30, 100, 3)).as("30 leaves as well").isEqualTo(130);
  }
}
