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
 * Calls servers that may be away for a while: again and again, and says when they are away and when
 * they are back. Each failed call must be safe to be made again.
 */
final class Retrying {

  /** For a program that is to run until somebody ends it. */
  static final Duration FOR_EVER = Duration.ofDays(36_500);

  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final Duration MOST_AT_THE_END = Duration.ofSeconds(5);

  private final Duration most;
  private final Consumer<String> tell;
  private final BooleanSupplier isToEnd;
  private final Time time;

  /**
   * @param most how long a server may be away before its failure is thrown
   * @param tell is told in one line when a server is away, and when it is back
   * @param isToEnd whether all is to end, so that no server is waited for much longer
   */
  Retrying(Duration most, Consumer<String> tell, BooleanSupplier isToEnd, Time time) {
    this.most = most;
    this.tell = tell;
    this.isToEnd = isToEnd;
    this.time = time;
  }

  /** Calls until an answer comes, or a failure that does not pass by itself. */
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

  /** Returns whether it may be another answer later, without anybody's doing here. */
  static boolean passes(RuntimeException failure) {
    return failure instanceof QueueUnavailableException
        || failure instanceof ManagerException.ServerUnreachable
        || failure instanceof ManagerException.NoAnswer
        || failure instanceof ManagerException.QueueUnreachable
        || failure instanceof ManagerException.Overloaded
        || failure instanceof ManagerException.Stuck
        // Where a server starts, it answers before it has read what it knows.
        || failure instanceof ManagerException.UnknownNamespace
        || failure instanceof ManagerException.Unexpected;
  }
}
