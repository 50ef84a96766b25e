package io.ratelimit.cli.system;

import io.ratelimit.cli.shell.Causes;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.core.time.Time;
import io.ratelimit.temporal.manager.ManagerException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Retries calls to servers that may be unreachable for a while, and reports when they are and when
 * they are back. Failed calls must be safe to repeat.
 */
final class Retrying {

  /** For a program that runs until somebody ends it. */
  static final Duration FOR_EVER = Duration.ofDays(36_500);

  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final Duration MOST_AT_THE_END = Duration.ofSeconds(5);

  private final Duration most;
  private final Consumer<String> tell;
  private final BooleanSupplier isToEnd;
  private final Time time;

  /**
   * @param most how long a server may be unreachable before its failure is thrown
   * @param tell gets a line when a server is unreachable, and when it is back
   * @param isToEnd whether everything must end, so that waits for servers are short
   */
  Retrying(Duration most, Consumer<String> tell, BooleanSupplier isToEnd, Time time) {
    this.most = most;
    this.tell = tell;
    this.isToEnd = isToEnd;
    this.time = time;
  }

  /** Repeats a call until it succeeds or fails permanently. */
  <T> T call(Supplier<T> call) throws InterruptedException {
    Instant start = time.now();
    boolean told = false;
    while (true) {
      try {
        T answer = call.get();
        if (told) {
          tell.accept("It answers again, after " + Texts.duration(since(start)) + ".");
        }
        return answer;
      } catch (QueueUnavailableException | ManagerException failure) {
        if (!passes(failure) || since(start).compareTo(longest()) >= 0) {
          throw failure;
        }
        if (!told) {
          told = true;
          tell.accept("Trying again: " + Causes.told(failure));
        }
        time.sleep(PAUSE);
      }
    }
  }

  private Duration longest() {
    return isToEnd.getAsBoolean() ? MOST_AT_THE_END : most;
  }

  private Duration since(Instant start) {
    return Duration.between(start, time.now());
  }

  /** Returns whether a failure may pass by itself. */
  static boolean passes(RuntimeException failure) {
    return failure instanceof QueueUnavailableException
        || failure instanceof ManagerException.ServerUnreachable
        || failure instanceof ManagerException.NoAnswer
        || failure instanceof ManagerException.QueueUnreachable
        || failure instanceof ManagerException.Overloaded
        || failure instanceof ManagerException.Stuck
        // A starting server answers before it has loaded its data.
        || failure instanceof ManagerException.UnknownNamespace
        || failure instanceof ManagerException.Unexpected;
  }
}
