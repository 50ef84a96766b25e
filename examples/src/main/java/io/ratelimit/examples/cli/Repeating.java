package io.ratelimit.examples.cli;

import io.ratelimit.core.time.Time;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does something again and again, in a thread of its own, until this is closed. */
final class Repeating implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Repeating.class);

  private final Thread thread;
  private volatile boolean closed;

  private Repeating(String name, Duration pause, Runnable action) {
    this.thread = new Thread(() -> repeat(pause, action), name);
    thread.setDaemon(true);
  }

  /**
   * Begins.
   *
   * @param pause how long it rests after each time
   * @param action what it does; when it fails, that is logged, and it is done again
   */
  static Repeating start(String name, Duration pause, Runnable action) {
    Repeating repeating = new Repeating(name, pause, action);
    repeating.thread.start();
    return repeating;
  }

  private void repeat(Duration pause, Runnable action) {
    try {
      while (!closed) {
        try {
          action.run();
        } catch (RuntimeException failure) {
          if (!closed) {
            LOG.error("{} failed, and is tried again", Thread.currentThread().getName(), failure);
          }
        }
        Time.system().sleep(pause);
      }
    } catch (InterruptedException noMore) {
      // Closed.
    }
  }

  /** Ends it, and waits until it has. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    boolean interrupted = Thread.interrupted();
    try {
      thread.join();
    } catch (InterruptedException again) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
