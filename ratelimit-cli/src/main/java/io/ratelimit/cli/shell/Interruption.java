package io.ratelimit.cli.shell;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/**
 * Lets a command end gracefully when the process must end. While this is open, the command is
 * notified of Ctrl-C and of other signals that end a JVM, which then waits for a while until the
 * command closes this. A second Ctrl-C ends the process at once.
 */
public final class Interruption implements AutoCloseable {

  /** The exit code that shells expect after Ctrl-C. */
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

  /** Runs an action when notified. */
  public static Interruption telling(Runnable onInterruption) {
    return of(onInterruption, PATIENCE);
  }

  /** Does nothing when notified, for a command that waits for it and may take this long to end. */
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

  /** Handles a signal: the first one ends the command gracefully, the second at once. */
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

  /** Waits until the process must end. */
  public void await() throws InterruptedException {
    begun.await();
  }

  /** Waits up to a time, and returns whether the process must end. */
  public boolean await(Duration most) throws InterruptedException {
    return begun.await(most.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Returns whether the process must end. */
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
      // The hook is running and has been released.
    }
  }
}
