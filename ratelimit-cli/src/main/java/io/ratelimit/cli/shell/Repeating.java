package io.ratelimit.cli.shell;

import io.ratelimit.core.time.Time;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does something again and again, in a thread of its own, until this is closed. */
public final class Repeating implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Repeating.class);

  private final Background thread;

  private Repeating(String name, Duration pause, Runnable action) {
    this.thread = new Background(name, () -> repeat(pause, action));
  }

  /**
   * Begins.
   *
   * @param pause how long it rests after each time
   * @param action what it does; when it fails, that is logged, and it is done again
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

  /** Ends it, and waits until it has. */
  @Override
  public void close() {
    thread.close();
  }
}
