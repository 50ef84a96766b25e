package io.ratelimit.redis.internal.calls;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PollsTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Polls polls = new Polls("client");

  private List<Duration> next(int count) {
    return Stream.generate(polls::next).limit(count).toList();
  }

  private static Duration sum(List<Duration> intervals) {
    return intervals.stream().reduce(Duration.ZERO, Duration::plus);
  }

  @Test
  void fewAskEveryTwoSecondsHoweverLongNothingCame() {
    assertThat(next(100)).containsOnly(SECOND.multipliedBy(2));
    polls.seen(8);
    assertThat(next(100)).containsOnly(SECOND.multipliedBy(2));
  }

  @Test
  void manyAskFourTimesASecondTogether() {
    polls.seen(40);

    List<Duration> intervals = next(1_000);

    assertThat(sum(intervals).dividedBy(1_000))
        .isBetween(SECOND.multipliedBy(9), SECOND.multipliedBy(11));
    assertThat(intervals).allMatch(interval -> interval.compareTo(SECOND.multipliedBy(20)) < 0);
    assertThat(intervals)
        .as("whoever asks at the same time asks at others then")
        .doesNotHaveDuplicates();
  }

  @Test
  void whoeverOfVeryManyAsksIsHeldToAsWaiting() {
    polls.seen(1_000_000);

    assertThat(next(1_000)).allMatch(interval -> interval.compareTo(SECOND.multipliedBy(30)) <= 0);
  }

  @Test
  void clientsAskAtDifferentTimes() {
    Polls other = new Polls("another client");
    polls.seen(100);
    other.seen(100);

    assertThat(polls.next()).isNotEqualTo(other.next());
  }
}
