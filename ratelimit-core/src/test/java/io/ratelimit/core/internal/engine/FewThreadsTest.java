package io.ratelimit.core.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Few threads; time stands still, so every task is quick unless it advances time. */
@Timeout(60)
class FewThreadsTest {

  /** More threads than any test needs. */
  private static final int QUICK_ONES = 100;

  private final VirtualTime time = VirtualTime.atEpoch();
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();
  private final ExecutorService pool =
      new ThreadPoolExecutor(0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS, new SynchronousQueue<>()) {
        @Override
        public void execute(Runnable task) {
          begun.incrementAndGet();
          super.execute(
              () -> {
                try {
                  task.run();
                } finally {
                  ended.incrementAndGet();
                }
              });
        }
      };
  private final AtomicInteger idle = new AtomicInteger();
  private final AtomicInteger left = new AtomicInteger();
  private final FewThreads threads =
      new FewThreads(
          Integer.MAX_VALUE, pool, time, idle::incrementAndGet, Optional.of(left::incrementAndGet));

  @AfterEach
  void end() {
    threads.shutdown();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException stop) {
      throw new AssertionError(stop);
    }
  }

  /** Runs a task in the only thread after its tasks have been quick for a while. */
  private void afterQuickOnes(Runnable task) {
    CountDownLatch done = new CountDownLatch(1);
    threads.execute(
        () -> {
          for (int n = 0; n < QUICK_ONES; n++) {
            threads.executeNext(() -> {});
          }
          threads.executeNext(
              () -> {
                while (begun.get() - ended.get() > 1) {
                  Thread.onSpinWait();
                }
                task.run();
                done.countDown();
              });
        });
    await(done);
  }

  @Test
  void quickTasksStayInTheThreadThatBroughtThem() {
    Set<Thread> used = ConcurrentHashMap.newKeySet();
    CountDownLatch done = new CountDownLatch(100);
    afterQuickOnes(
        () -> {
          used.add(Thread.currentThread());
          left.set(0);
          for (int n = 0; n < 100; n++) {
            threads.execute(
                () -> {
                  used.add(Thread.currentThread());
                  done.countDown();
                });
          }
        });
    await(done);

    assertThat(used).hasSize(1);
    assertThat(left).as("each is looked after").hasValue(100);
  }

  @Test
  void whoeverDoesNotKnowThatTasksAreQuickHasOthersBegin() {
    CountDownLatch together = new CountDownLatch(3);
    for (int n = 0; n < 3; n++) {
      threads.execute(
          () -> {
            together.countDown();
            await(together);
          });
    }
    await(together);
    assertThat(left).hasValue(0);
  }

  @Test
  void whatIsLeftBehindATaskThatIsSlowAllTheSameIsFoundByTheSecondLook() {
    CountDownLatch behind = new CountDownLatch(2);
    CountDownLatch over = new CountDownLatch(1);
    afterQuickOnes(
        () -> {
          threads.execute(behind::countDown);
          threads.execute(behind::countDown);
          boolean unused = threads.look();
          assertThat(behind.getCount()).isEqualTo(2);
          assertThat(threads.look()).isTrue();
          await(behind);
          over.countDown();
        });
    await(over);
    assertThat(threads.look()).as("nothing waits").isFalse();
  }

  @Test
  void oneSlowTaskIsEnoughToHaveOthersBeginAgain() {
    CountDownLatch together = new CountDownLatch(2);
    Runnable meets =
        () -> {
          together.countDown();
          await(together);
        };
    afterQuickOnes(
        () -> {
          time.advance(Duration.ofMillis(1));
          assertThat(threads.goesOn()).as("nothing waits").isFalse();
          threads.execute(meets);
          threads.execute(meets);
        });
    await(together);
  }

  @Test
  void aTaskLearnsWhetherItsThreadGoesOn() {
    CountDownLatch over = new CountDownLatch(1);
    assertThat(threads.goesOn()).as("this is another thread").isFalse();
    afterQuickOnes(
        () -> {
          assertThat(threads.goesOn()).as("nothing waits").isFalse();
          threads.execute(() -> {});
          assertThat(threads.goesOn()).isTrue();
          over.countDown();
        });
    await(over);
  }

  @Test
  void whatAnIdleThreadBringsIsRun() {
    CountDownLatch brought = new CountDownLatch(2);
    FewThreads[] bringing = new FewThreads[1];
    AtomicInteger more = new AtomicInteger(2);
    bringing[0] =
        new FewThreads(
            Integer.MAX_VALUE,
            pool,
            time,
            () -> {
              if (more.getAndDecrement() > 0) {
                bringing[0].executeNext(brought::countDown);
              }
            },
            Optional.empty());
    bringing[0].execute(() -> {});
    await(brought);
  }

  private void runQuick(int count) {
    CountDownLatch done = new CountDownLatch(count);
    for (int n = 0; n < count; n++) {
      threads.execute(done::countDown);
    }
    await(done);
    awaitAllEnded();
  }

  private void runFor(Duration length) {
    threads.execute(() -> time.advance(length));
    awaitAllEnded();
  }

  private void awaitAllEnded() {
    Awaitility.await().until(() -> begun.get() == ended.get());
  }

  @Test
  void aFewMishapsAmongManyQuickTasksChangeNothingAndASlowOneDoes() {
    runQuick(31);
    assertThat(threads.expectsQuick()).isFalse();
    runQuick(1);
    assertThat(threads.expectsQuick()).isTrue();
    runFor(Duration.ofNanos(50_000));
    assertThat(threads.expectsQuick()).as("one of few").isFalse();

    runQuick(1_000);
    runFor(Duration.ofNanos(50_000));
    runFor(Duration.ofNanos(50_000));
    assertThat(threads.expectsQuick()).as("two of many").isTrue();
    runFor(Duration.ofNanos(200_001));
    assertThat(threads.expectsQuick()).isFalse();

    runQuick(100);
    threads.expectSlow();
    assertThat(threads.expectsQuick()).isFalse();
  }
}
