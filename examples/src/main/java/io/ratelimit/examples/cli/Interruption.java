package io.ratelimit.examples.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a command end in its own way when the process is told to end (Ctrl-C): while this is open,
 * the JVM then tells the command, and waits a while for it to close this.
 */
final class Interruption implements AutoCloseable {

  /** What a shell expects of a process that Ctrl-C ended. */
  static final int EXIT_CODE = 130;

  private static final int PATIENCE_SECONDS = 5;

  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook;
  private volatile boolean happened;

  private Interruption(Runnable onInterruption) {
    this.hook =
        new Thread(
            () -> {
              happened = true;
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
    Interruption interruption = new Interruption(onInterruption);
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  private void awaitClosed() {
    try {
      if (!closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException endNow) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the process was told to end. */
  boolean happened() {
    return happened;
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
