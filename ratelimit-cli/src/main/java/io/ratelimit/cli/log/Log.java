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
 * The log of this process: which lines it has, and how they are written. Of what other libraries
 * warn of again and again the first is written, and then how many more there were; the project's
 * own libraries see to that themselves. A trace is written of errors, and of all where details are
 * wanted. Thread-safe.
 */
final class Log {

  private static final String OWN = "io.ratelimit.";

  /** Who changed what is to be found afterwards. */
  private static final String AUDITED = "io.ratelimit.cli.web.";

  /**
   * What these warn of is how Temporal works (a workflow that ends while something new comes is
   * asked again, and the embedded server knows no heartbeats of workers), or is told by others: who
   * uses a connection says that it is lost, and until when; WebServer logs what a request failed
   * of, and why it did not start.
   */
  private static final Map<String, Level> QUIET =
      Map.of(
          "io.temporal.internal.worker.WorkflowWorker", Level.ERROR,
          "io.temporal.internal.worker.HeartbeatManager", Level.ERROR,
          "io.lettuce.core.protocol.ConnectionWatchdog", Level.ERROR);

  private static final String SILENT = "io.javalin.Javalin";

  /** What lines have in common that are counted together. */
  private record Cause(Level level, String logger, String kind, Optional<Class<?>> failure) {}

  private final Time time;
  private final Consumer<String> written;
  private final Repeats<Cause> repeats = new Repeats<>();
  private final AtomicBoolean telling = new AtomicBoolean();
  private volatile Level level = Level.WARN;
  private volatile LogFormat format = LogFormat.TEXT;

  /**
   * @param written gets each line
   */
  Log(Time time, Consumer<String> written) {
    this.time = time;
    this.written = written;
  }

  /** Changes what is written from now on, and how. */
  void use(Level newLevel, LogFormat newFormat) {
    this.level = newLevel;
    this.format = newFormat;
  }

  /** Returns whether a line of this level is written. */
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

  /** Returns whether every line is wanted, and every trace. */
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

  /** Nothing may come any more of which the next line would tell. */
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

  /** Tells of all that was counted. */
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
