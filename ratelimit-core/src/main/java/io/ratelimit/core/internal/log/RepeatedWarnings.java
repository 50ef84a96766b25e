package io.ratelimit.core.internal.log;

import io.ratelimit.core.time.Time;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Warnings that may come by the hundred, as of each event while a store is away: of each cause the
 * first is logged, with its trace, and then how many more there were. Whoever wants them all has
 * them at the level of debugging. Thread-safe.
 */
public final class RepeatedWarnings {

  /** Who warns of what. */
  private record Cause(Logger log, Object what) {}

  private final Time time;
  private final Repeats<Cause> repeats = new Repeats<>();

  /**
   * @param time how long ago the last one was
   */
  public RepeatedWarnings(Time time) {
    this.time = time;
  }

  /**
   * Warns, or counts.
   *
   * @param what the cause: the same, by {@code equals}, for what is to be counted together
   * @param line all that there is to say, as it may be shown
   * @param failure whose trace is logged with the first
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

  /** Tells of what was counted, where that is due. */
  public void tellDue() {
    tell(repeats.leftOut(time.now()));
  }

  /** Tells of all that was counted. */
  public void tellAll() {
    tell(repeats.drain());
  }

  private static void tell(List<Repeats.LeftOut<Cause>> leftOut) {
    leftOut.forEach(left -> left.cause().log().warn(left.line()));
  }
}
