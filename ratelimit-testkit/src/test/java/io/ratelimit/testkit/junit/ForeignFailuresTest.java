package io.ratelimit.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.Thread.UncaughtExceptionHandler;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ForeignFailures.class)
class ForeignFailuresTest {

  @Test
  void anotherThreadsFailureFailsNoTestThatWaits() {
    UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    CountDownLatch waiting = new CountDownLatch(1);
    Thread foreign =
        new Thread(
            () -> {
              try {
                waiting.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              throw new IllegalStateException("somebody else's");
            });
    Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {});
    try {
      foreign.start();
      await()
          .until(
              () -> {
                waiting.countDown();
                return !foreign.isAlive();
              });
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
    assertThat(foreign.isAlive()).isFalse();
  }
}
