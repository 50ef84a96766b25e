package io.ratelimit.cli.shell;

/** A thread that goes on until it is done, or this is closed. */
public final class Background implements AutoCloseable {

  /** What the thread does. */
  public interface Task {
    /** Returns soon after it is interrupted, or throws. */
    void run() throws InterruptedException;
  }

  private final Thread thread;
  private volatile boolean closed;

  public Background(String name, Task task) {
    this.thread = new Thread(() -> run(task), name);
    thread.setDaemon(true);
  }

  private static void run(Task task) {
    try {
      task.run();
    } catch (InterruptedException noMore) {
      // Closed.
    }
  }

  /** Begins; only once. */
  public void start() {
    thread.start();
  }

  public boolean isStarted() {
    return thread.getState() != Thread.State.NEW;
  }

  /** Returns whether it is to end. */
  public boolean isClosed() {
    return closed;
  }

  /** Interrupts the thread, and waits until it has ended, even if the caller is interrupted. */
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
