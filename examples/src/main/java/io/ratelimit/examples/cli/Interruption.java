package io.ratelimit.examples.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a command end in its own way when the process is told to end (Ctrl-C): while this is open,
 * the JVM then tells the command, and waits a while for it to close this.
 */
final class Interruption implements AutoCloseable {

  /** What a shell expects of a process that Ctrl-C ended. */
  static final int EXIT_CODE = 130;

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Duration patience;
  private final Thread hook;

  private Interruption(Runnable onInterruption, Duration patience) {
    this.patience = patience;
    this.hook =
        new Thread(
            () -> {
              begun.countDown();
              onInterruption.run();
              awaitClosed();
            },
            "interruption");
  }

  /** Interrupts the calling thread. */
  static Interruption ofThisThread() {
    return telling(Thread.currentThread()::interrupt);
  }

  /** Calls something. */
  static Interruption telling(Runnable onInterruption) {
    return of(onInterruption, PATIENCE);
  }

  /** Does nothing by itself; for a command that waits for it, and may take so long to end. */
  static Interruption toWaitFor(Duration patience) {
    return of(() -> {}, patience);
  }

  private static Interruption of(Runnable onInterruption, Duration patience) {
    Interruption interruption = new Interruption(onInterruption, patience);
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  private void awaitClosed() {
    try {
      if (!closed.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException endNow) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until the process is told to end. */
  void await() throws InterruptedException {
    begun.await();
  }

  /** Whether the process was told to end. */
  boolean happened() {
    return begun.getCount() == 0;
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException endingAlready) {
      // The hook runs; it has been let go.
    }
  }
}
