package io.ratelimit.cli.log;

import io.ratelimit.cli.shell.Causes;
import io.ratelimit.cli.shell.Json;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.internal.check.Printable;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.event.Level;

/**
 * A line of the log; the names in JSON are stable.
 *
 * @param error the error with its causes, on one line
 * @param trace the stack trace, if shown
 */
record LogLine(
    Instant at,
    Level level,
    String logger,
    String message,
    Optional<String> error,
    List<String> trace) {

  private static final DateTimeFormatter TO_THE_MILLISECOND =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter();
  private static final int LEVEL_WIDTH = 5;

  static LogLine of(
      Instant at,
      Level level,
      String logger,
      String message,
      Optional<Throwable> failure,
      boolean showsTrace) {
    return new LogLine(
        at,
        level,
        logger,
        Causes.readable(message),
        failure.map(Causes::told),
        showsTrace ? failure.map(Causes::traced).orElse(List.of()) : List.of());
  }

  String written(LogFormat format) {
    return format == LogFormat.JSON ? Json.line(this) : String.join("\n", lines());
  }

  private List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        TO_THE_MILLISECOND.format(at)
            + " "
            + Texts.padded(level.name(), LEVEL_WIDTH)
            + " "
            + logger.substring(logger.lastIndexOf('.') + 1)
            + " - "
            + Printable.text(message)
            + error
                .filter(why -> !message.contains(why))
                .map(why -> ": " + Printable.text(why))
                .orElse(""));
    trace.forEach(line -> lines.add("    " + Printable.text(line)));
    return lines;
  }
}
