package io.ratelimit.cli.shell;

/** A thread that runs until it is done, or this is closed. */
public final class Background implements AutoCloseable {

  /** The work of the thread. */
  public interface Task {
    /** Runs; must return soon after an interrupt, or throw. */
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

  /** Starts the thread, once. */
  public void start() {
    thread.start();
  }

  public boolean isStarted() {
    return thread.getState() != Thread.State.NEW;
  }

  /** Returns whether it must end. */
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
