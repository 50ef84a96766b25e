package io.ratelimit.cli.shell;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/**
 * Lets a command end in its own way when the process is told to end: while this is open, the
 * command is told of Ctrl-C, and of other signals that end a JVM, which then waits a while for the
 * command to close this. A second Ctrl-C ends the process at once.
 */
public final class Interruption implements AutoCloseable {

  /** What a shell expects of a process that Ctrl-C ended. */
  public static final int EXIT_CODE = 130;

  private static final String CTRL_C = "INT";
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Runnable onInterruption;
  private final Duration patience;
  private final Thread hook;
  private @Nullable Object ctrlC;

  private Interruption(Runnable onInterruption, Duration patience) {
    this.onInterruption = onInterruption;
    this.patience = patience;
    this.hook =
        new Thread(
            () -> {
              begin();
              awaitClosed();
            },
            "interruption");
  }

  /** Interrupts the calling thread. */
  public static Interruption ofThisThread() {
    return telling(Thread.currentThread()::interrupt);
  }

  /** Calls something. */
  public static Interruption telling(Runnable onInterruption) {
    return of(onInterruption, PATIENCE);
  }

  /** Does nothing by itself; for a command that waits for it, and may take so long to end. */
  public static Interruption toWaitFor(Duration patience) {
    return of(() -> {}, patience);
  }

  private static Interruption of(Runnable onInterruption, Duration patience) {
    Interruption interruption = new Interruption(onInterruption, patience);
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    interruption.ctrlC = Signals.register(CTRL_C, interruption::heard);
    return interruption;
  }

  private void begin() {
    begun.countDown();
    onInterruption.run();
  }

  /** The first time the command ends in its own way, the second time at once. */
  private synchronized void heard() {
    if (happened()) {
      Runtime.getRuntime().halt(EXIT_CODE);
    }
    begin();
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
  public void await() throws InterruptedException {
    begun.await();
  }

  /** The same, but not longer than this; whether the process was told to end. */
  public boolean await(Duration most) throws InterruptedException {
    return begun.await(most.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Returns whether the process was told to end. */
  public boolean happened() {
    return begun.getCount() == 0;
  }

  @Override
  public void close() {
    closed.countDown();
    Signals.unregister(CTRL_C, ctrlC);
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException endingAlready) {
      // The hook runs; it has been let go.
    }
  }
}
