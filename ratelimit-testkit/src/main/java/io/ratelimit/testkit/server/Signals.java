package io.ratelimit.testkit.server;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Suspends and resumes processes; on Unix, with {@code kill}. */
public final class Signals {

  /**
   * Stops a process from running, without ending it, as a long pause of a machine would.
   *
   * @throws IllegalStateException if there is no such process, or it belongs to somebody else
   * @throws UncheckedIOException if there is no {@code kill} on this machine
   */
  public static void suspend(ProcessHandle process) {
    send("STOP", process);
  }

  /**
   * Resumes a suspended process. Does nothing to a running one.
   *
   * @throws IllegalStateException if there is no such process, or it belongs to somebody else
   * @throws UncheckedIOException if there is no {@code kill} on this machine
   */
  public static void resume(ProcessHandle process) {
    send("CONT", process);
  }

  private static void send(String signal, ProcessHandle process) {
    String pid = Long.toString(process.pid());
    try {
      int status = new ProcessBuilder("kill", "-" + signal, pid).start().waitFor();
      if (status != 0) {
        throw new IllegalStateException("kill -" + signal + " " + pid + " ended with " + status);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run kill -" + signal + " " + pid, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted during kill -" + signal + " " + pid, e);
    }
  }

  private Signals() {}
}
