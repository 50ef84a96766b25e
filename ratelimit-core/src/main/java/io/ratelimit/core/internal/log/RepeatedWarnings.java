package io.ratelimit.core.internal.log;

import io.ratelimit.core.time.Time;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Limits warnings that may come by the hundred, such as one per event while a store is unreachable:
 * logs the first of each cause with its stack trace, and then the number of further ones. At debug
 * level, it logs all. Thread-safe.
 */
public final class RepeatedWarnings {

  /** A logger and a cause. */
  private record Cause(Logger log, Object what) {}

  private final Time time;
  private final Repeats<Cause> repeats = new Repeats<>();

  /**
   * @param time measures the time between warnings
   */
  public RepeatedWarnings(Time time) {
    this.time = time;
  }

  /**
   * Logs or counts a warning.
   *
   * @param what the cause; warnings with equal causes are counted together
   * @param line the full message, already printable
   * @param failure its stack trace is logged with the first warning
   */
  public void warn(Logger log, Object what, String line, @Nullable Throwable failure) {
    tellDue();
    if (!log.isWarnEnabled()) {
      return;
    }
    if (repeats.isFirst(new Cause(log, what), line, time.now())) {
      log.warn(line, failure);
    } else {
      log.debug(line, failure);
    }
  }

  /** Logs the counts that are due. */
  public void tellDue() {
    tell(repeats.leftOut(time.now()));
  }

  /** Logs all counts. */
  public void tellAll() {
    tell(repeats.drain());
  }

  private static void tell(List<Repeats.LeftOut<Cause>> leftOut) {
    leftOut.forEach(left -> left.cause().log().warn(left.line()));
  }
}
