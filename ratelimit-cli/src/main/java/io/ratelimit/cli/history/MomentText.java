package io.ratelimit.cli.history;

import io.ratelimit.cli.shell.Texts;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/** Parses moments as users write them. */
final class MomentText {

  private static final Pattern AGO = Pattern.compile("(\\d{1,6})(s|m|min|h|d)");

  private static final Map<String, Duration> UNITS =
      Map.of(
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "min", Duration.ofMinutes(1),
          "h", Duration.ofHours(1),
          "d", Duration.ofDays(1));

  static HistoryCommand.Moment parse(String text) {
    Matcher ago = AGO.matcher(text.strip());
    if (ago.matches()) {
      Duration unit = UNITS.getOrDefault(ago.group(2), Duration.ZERO);
      return new HistoryCommand.Moment(null, unit.multipliedBy(Long.parseLong(ago.group(1))));
    }
    try {
      return new HistoryCommand.Moment(Instant.parse(text.strip()), Duration.ZERO);
    } catch (DateTimeException refused) {
      throw new TypeConversionException(
          "must look like 90s, 30m, 24h, 7d or 2026-01-31T12:00:00Z but is " + Texts.quoted(text));
    }
  }

  private MomentText() {}
}
