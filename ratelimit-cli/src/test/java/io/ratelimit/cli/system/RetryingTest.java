package io.ratelimit.cli.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.core.queue.QueueException;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.core.time.Time;
import io.ratelimit.temporal.manager.ManagerException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RetryingTest {

  private static final Duration MOST = Duration.ofMinutes(1);

  /** A time that advances only by sleeping. */
  private static final class SleptTime implements Time {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public Instant now() {
      return now;
    }

    @Override
    public void parkUntil(Instant deadline) {
      now = deadline;
    }
  }

  private final SleptTime time = new SleptTime();
  private final Instant start = time.now();
  private final List<String> told = new ArrayList<>();
  private boolean isToEnd;

  private Retrying retrying(Duration most) {
    return new Retrying(most, told::add, () -> isToEnd, time);
  }

  private Duration passed() {
    return Duration.between(start, time.now());
  }

  /** Fails until this much time has passed. */
  private String away(Duration absence, RuntimeException failure) {
    if (passed().compareTo(absence) < 0) {
      throw failure;
    }
    return "answer";
  }

  private static RuntimeException cause() {
    return new IllegalStateException("refused");
  }

  static Stream<RuntimeException> passing() {
    return Stream.of(
        new QueueUnavailableException("Redis is away", cause()),
        new ManagerException.ServerUnreachable("host:7233", cause()),
        new ManagerException.NoAnswer("m", "why", cause()),
        new ManagerException.QueueUnreachable("m", "why", cause()),
        new ManagerException.Overloaded("host:7233", cause()),
        new ManagerException.Stuck("m", "why", cause()),
        new ManagerException.UnknownNamespace("default", cause()),
        new ManagerException.Unexpected("host:7233", cause()));
  }

  static Stream<RuntimeException> lasting() {
    return Stream.of(
        new QueueException("another format"),
        new ManagerException.Denied("host:7233", "default", cause()),
        new ManagerException.Ended("m", "why", cause()),
        new ManagerException.UnknownManager("m", cause()),
        new ManagerException.NotFinished("m", MOST, cause()),
        new ManagerException.Cancelled(cause()),
        new IllegalStateException("a bug"));
  }

  @Test
  void whatAnswersIsCalledOnceAndNothingIsSaid() throws InterruptedException {
    assertThat(retrying(MOST).call(() -> "answer")).isEqualTo("answer");
    assertThat(told).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("passing")
  void whatPassesIsToldOnceAndSoIsItsEnd(RuntimeException failure) throws InterruptedException {
    Duration absence = Duration.ofSeconds(12);

    assertThat(retrying(MOST).call(() -> away(absence, failure))).isEqualTo("answer");

    assertThat(passed()).isEqualTo(absence);
    assertThat(told).hasSize(2);
    assertThat(told.get(0)).startsWith("Trying again: ").contains(failure.getMessage());
    assertThat(told.get(1)).isEqualTo("It answers again, after 12 s.");
  }

  @ParameterizedTest
  @MethodSource("lasting")
  void whatDoesNotPassIsThrownAtOnce(RuntimeException failure) {
    assertThatThrownBy(() -> retrying(MOST).call(() -> away(MOST, failure))).isSameAs(failure);
    assertThat(passed()).isZero();
    assertThat(told).isEmpty();
  }

  @Test
  void anAbsenceIsBoundedAndAtTheEndByLess() {
    RuntimeException failure = new QueueUnavailableException("Redis is away", cause());
    Duration days = Duration.ofDays(3);

    assertThatThrownBy(() -> retrying(MOST).call(() -> away(days, failure))).isSameAs(failure);
    assertThat(passed()).isEqualTo(MOST);

    isToEnd = true;
    assertThatThrownBy(() -> retrying(MOST).call(() -> away(days, failure))).isSameAs(failure);
    assertThat(passed()).isEqualTo(MOST.plusSeconds(5));
  }

  @Test
  void aDaemonIsPatient() throws InterruptedException {
    RuntimeException failure = new QueueUnavailableException("Redis is away", cause());
    Duration hours = Duration.ofHours(5);

    assertThat(retrying(Retrying.FOR_EVER).call(() -> away(hours, failure))).isEqualTo("answer");
    assertThat(told).hasSize(2);
  }
}
