package io.ratelimit.cli.shell;

import io.ratelimit.core.time.Time;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Repeats an action in a separate thread until this is closed. */
public final class Repeating implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Repeating.class);

  private final Background thread;

  private Repeating(String name, Duration pause, Runnable action) {
    this.thread = new Background(name, () -> repeat(pause, action));
  }

  /**
   * Starts.
   *
   * @param pause the pause after each run
   * @param action the action; a failure is logged, and the action repeated
   */
  public static Repeating start(String name, Duration pause, Runnable action) {
    Repeating repeating = new Repeating(name, pause, action);
    repeating.thread.start();
    return repeating;
  }

  private void repeat(Duration pause, Runnable action) throws InterruptedException {
    while (!thread.isClosed()) {
      try {
        action.run();
      } catch (RuntimeException failure) {
        if (!thread.isClosed()) {
          LOG.error("{} failed and will be retried", Thread.currentThread().getName(), failure);
        }
      }
      Time.system().sleep(pause);
    }
  }

  /** Ends the thread, and waits for its end. */
  @Override
  public void close() {
    thread.close();
  }
}
