package io.ratelimit.core.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class VirtualTimeTest {

  private final VirtualTime time = VirtualTime.atEpoch();

  @Test
  void standsStillUntilItIsAdvanced() {
    assertThat(time.now()).isEqualTo(Instant.EPOCH);

    time.advance(Duration.ofMinutes(3));
    time.advanceTo(Instant.EPOCH.plusSeconds(200));
    time.advanceTo(Instant.EPOCH.plusSeconds(200));

    assertThat(time.now()).isEqualTo(Instant.EPOCH.plusSeconds(200));
  }

  @Test
  void doesNotGoBack() {
    time.advance(Duration.ofSeconds(1));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> time.advanceTo(Instant.EPOCH))
        .withMessage("time does not go back from 1970-01-01T00:00:01Z to 1970-01-01T00:00:00Z");
    assertThatIllegalArgumentException().isThrownBy(() -> time.advance(Duration.ofSeconds(-1)));
    assertThat(time.now()).isEqualTo(Instant.EPOCH.plusSeconds(1));
  }

  @Test
  void wakesWhoSleepsUntilThenAndNobodyElse() throws InterruptedException {
    AtomicReference<Instant> wokenAt = new AtomicReference<>();
    Thread sleeper = sleeper(Duration.ofSeconds(10), wokenAt);

    time.advance(Duration.ofSeconds(9));
    await().until(() -> sleeper.getState() == Thread.State.TIMED_WAITING);
    assertThat(wokenAt).hasValue(null);
    time.advance(Duration.ofSeconds(1));
    sleeper.join();

    assertThat(wokenAt).hasValue(Instant.EPOCH.plusSeconds(10));
  }

  private Thread sleeper(Duration duration, AtomicReference<Instant> wokenAt) {
    Instant until = time.now().plus(duration);
    Thread thread =
        new Thread(
            () -> {
              try {
                time.sleepUntil(until);
                wokenAt.set(time.now());
              } catch (InterruptedException interrupted) {
                wokenAt.set(Instant.MIN);
              }
            },
            "sleeper");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  @Test
  void anInterruptEndsASleep() throws InterruptedException {
    AtomicReference<Instant> wokenAt = new AtomicReference<>();
    Thread sleeper = sleeper(Duration.ofDays(1), wokenAt);

    sleeper.interrupt();
    sleeper.join();

    assertThat(wokenAt).hasValue(Instant.MIN);
  }

  @Test
  void whatIsPastIsNotWaitedForUnlessTheThreadIsInterrupted() throws InterruptedException {
    time.sleepUntil(Instant.EPOCH.minusSeconds(1));
    time.sleep(Duration.ZERO);
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> time.sleep(Duration.ofSeconds(1)))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }
}
