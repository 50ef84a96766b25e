package io.ratelimit.cli.log;

import io.ratelimit.cli.shell.Kinds;
import io.ratelimit.core.internal.log.Repeats;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * The log of this process: selects and formats lines. Of repeated warnings by other libraries, it
 * writes the first, and then the number of further ones; this project's libraries do that
 * themselves. It writes stack traces of errors, and of everything at detailed levels. Thread-safe.
 */
final class Log {

  private static final String OWN = "io.ratelimit.";

  /** Changes by users must remain traceable. */
  private static final String AUDITED = "io.ratelimit.cli.web.";

  /**
   * These loggers warn of Temporal's normal behavior (a workflow that ends while something new
   * arrives is asked again, and the embedded server knows no worker heartbeats), or of what others
   * log, too: users of a connection log its loss and return, and WebServer logs why a request
   * failed or why it did not start.
   */
  private static final Map<String, Level> QUIET =
      Map.of(
          "io.temporal.internal.worker.WorkflowWorker", Level.DEBUG,
          "io.temporal.internal.worker.HeartbeatManager", Level.ERROR,
          "io.lettuce.core.protocol.ConnectionWatchdog", Level.ERROR);

  private static final String SILENT = "io.javalin.Javalin";

  /** The common properties of lines that are counted together. */
  private record Cause(Level level, String logger, String kind, Optional<Class<?>> failure) {}

  private final Time time;
  private final Consumer<String> written;
  private final Repeats<Cause> repeats = new Repeats<>();
  private final AtomicBoolean telling = new AtomicBoolean();
  private volatile Level level = Level.WARN;
  private volatile LogFormat format = LogFormat.TEXT;

  /**
   * @param written receives each line
   */
  Log(Time time, Consumer<String> written) {
    this.time = time;
    this.written = written;
  }

  /** Changes the level and the format from now on. */
  void use(Level newLevel, LogFormat newFormat) {
    this.level = newLevel;
    this.format = newFormat;
  }

  /** Returns whether lines of this level are written. */
  boolean isWritten(String logger, Level wanted) {
    if (isDetailed()) {
      return !logger.equals(SILENT) && isAtLeast(wanted, level);
    }
    Level least = QUIET.getOrDefault(logger, level);
    if (logger.startsWith(AUDITED) && isAtLeast(least, Level.INFO)) {
      least = Level.INFO;
    }
    return !logger.equals(SILENT) && isAtLeast(wanted, least);
  }

  private static boolean isAtLeast(Level one, Level other) {
    return one.toInt() >= other.toInt();
  }

  /** Returns whether to write every line and every stack trace. */
  private boolean isDetailed() {
    return isAtLeast(Level.DEBUG, level);
  }

  /** Writes a line, or counts it. */
  void write(String logger, Level wanted, String message, @Nullable Throwable failure) {
    Instant now = time.now();
    boolean first = true;
    if (!logger.startsWith(OWN) && !isDetailed()) {
      tellDue();
      Cause cause =
          new Cause(
              wanted,
              logger,
              Kinds.of(message),
              Optional.<Class<?>>ofNullable(failure == null ? null : failure.getClass()));
      first = repeats.isFirst(cause, message, now);
      if (!first) {
        tellLater();
      }
    }
    if (first) {
      boolean showsTrace = isDetailed() || wanted == Level.ERROR;
      write(LogLine.of(now, wanted, logger, message, Optional.ofNullable(failure), showsTrace));
    }
  }

  private void write(LogLine line) {
    written.accept(line.written(format));
  }

  /** Schedules the counts, since no further line may come that would report them. */
  private void tellLater() {
    if (telling.compareAndSet(false, true)) {
      Duration span = Repeats.SPAN.plusMillis(1);
      CompletableFuture.delayedExecutor(span.toMillis(), TimeUnit.MILLISECONDS)
          .execute(
              () -> {
                telling.set(false);
                tellDue();
                if (repeats.isCounting()) {
                  tellLater();
                }
              });
    }
  }

  private void tellDue() {
    tell(repeats.leftOut(time.now()));
  }

  /** Writes all counts. */
  void tellAll() {
    tell(repeats.drain());
  }

  private void tell(List<Repeats.LeftOut<Cause>> leftOut) {
    leftOut.forEach(
        left ->
            write(
                LogLine.of(
                    time.now(),
                    left.cause().level(),
                    left.cause().logger(),
                    left.line(),
                    Optional.empty(),
                    false)));
  }
}
