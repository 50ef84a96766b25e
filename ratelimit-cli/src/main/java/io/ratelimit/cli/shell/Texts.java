package io.ratelimit.cli.shell;

import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.scaling.Confidence;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Formats values for people. */
public final class Texts {

  private static final Pattern WITHOUT_CREDENTIALS =
      Pattern.compile(
          "[a-zA-Z0-9+.-]{1,20}://[^:@]*(:\\d{1,5}([/,?#].*)?)?|[a-zA-Z0-9.-]+:\\d{1,5}");
  private static final Pattern SECRET_PARAMETER =
      Pattern.compile("(?i)([?&][^=&#]*(?:pass|secret|token|key)[^=&#]*=)[^&#]*");
  private static final int LONGEST_QUOTE = 60;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration MANY_MINUTES = Duration.ofMinutes(10);
  private static final Duration MANY_DAYS = Duration.ofDays(2);
  private static final double SECONDS_PER_DAY = 86_400;
  private static final double DAYS_PER_YEAR = 365.25;

  /** Returns a running time, to a tenth of a second. */
  public static String tenths(Duration duration) {
    return duration(toTenths(duration));
  }

  /** Truncates to tenths of a second. */
  public static Duration toTenths(Duration duration) {
    return Duration.ofMillis(duration.toMillis() / 100 * 100);
  }

  /** Returns a growing age, to the second. */
  public static String whole(Duration duration) {
    return duration(Duration.ofSeconds(duration.toSeconds()));
  }

  /** Returns a moment, to the second. */
  public static String second(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** Returns for example {@code the only event}, {@code all 338 events}. */
  public static String all(long count, String noun) {
    return count == 1 ? "the only " + noun : "all " + count(count, noun);
  }

  /** Returns for example {@code 250 ms}, {@code 94.5 s}, {@code 3 min}, {@code 1 h 30 min}. */
  public static String duration(Duration duration) {
    if (duration.isNegative()) {
      return "-" + duration(duration.negated());
    }
    if (duration.compareTo(SECOND) < 0) {
      return duration.isZero() ? "0 s" : number(duration.toNanos() / 1e6) + " ms";
    }
    if (duration.compareTo(MANY_MINUTES) < 0) {
      boolean wholeMinutes = duration.equals(Duration.ofMinutes(duration.toMinutes()));
      return wholeMinutes && duration.compareTo(MINUTE) > 0
          ? duration.toMinutes() + " min"
          : number(seconds(duration)) + " s";
    }
    if (duration.compareTo(MANY_DAYS) < 0) {
      return duration.toHours() > 0
          ? pair(duration.toHours(), "h", duration.toMinutesPart(), "min")
          : pair(duration.toMinutes(), "min", duration.toSecondsPart(), "s");
    }
    double days = seconds(duration) / SECONDS_PER_DAY;
    return days < 2 * DAYS_PER_YEAR
        ? number(days) + " days"
        : number(days / DAYS_PER_YEAR) + " years";
  }

  private static String pair(long large, String largeUnit, int small, String smallUnit) {
    return large + " " + largeUnit + (small == 0 ? "" : " " + small + " " + smallUnit);
  }

  /** Returns seconds, as a real number. */
  public static double seconds(Duration duration) {
    return duration.getSeconds() + duration.getNano() / NANOS_PER_SECOND;
  }

  /** Returns a number with at most one decimal. */
  public static String number(double value) {
    return plain(BigDecimal.valueOf(value).setScale(1, RoundingMode.HALF_UP));
  }

  /** Returns a share from 0 to 1 as a percentage with at most two decimals. */
  public static String percent(double share) {
    return plain(BigDecimal.valueOf(share * 100).setScale(2, RoundingMode.HALF_UP)) + " %";
  }

  private static String plain(BigDecimal value) {
    return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
  }

  /** Returns for example {@code 1 event}, {@code 2 events}. */
  public static String count(long count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }

  /** Returns a user's text in quotes, on one line, and cut if it is long. */
  public static String quoted(String text) {
    return '"' + Printable.cut(text, LONGEST_QUOTE) + '"';
  }

  /**
   * Returns a paragraph with the label in its own column and the text beside it, wrapped between
   * words.
   */
  public static List<String> paragraph(String label, int labelWidth, String text, int width) {
    int room = Math.max(10, width - labelWidth);
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (line.length() > 0 && line.length() + 1 + word.length() > room) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.length() == 0 ? "" : " ").append(word);
    }
    lines.add(line.toString());
    List<String> labeled = new ArrayList<>();
    for (String one : lines) {
      labeled.add(padded(labeled.isEmpty() ? label : "", labelWidth) + one);
    }
    return labeled;
  }

  /**
   * Wraps a line between words, with continuation lines indented.
   *
   * @param indent the indentation; the line is not broken before it
   */
  public static List<String> hanging(String line, int indent, int width) {
    if (line.length() <= Math.max(width, indent)) {
      return List.of(line);
    }
    String text = line.substring(indent).stripLeading();
    int start = line.length() - text.length();
    return paragraph(line.substring(0, start), start, text, width);
  }

  /** Returns rows as lines with aligned columns, two spaces apart. */
  public static List<String> table(List<List<String>> cells) {
    List<List<String>> rows =
        cells.stream().map(row -> row.stream().map(Printable::text).toList()).toList();
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int column = 0; column < widths.length; column++) {
        widths[column] = Math.max(widths[column], row.get(column).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < widths.length; column++) {
        line.append(padded(row.get(column), widths[column] + 2));
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }

  /** Returns a text padded with spaces on the right. */
  public static String padded(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  /** Returns a URI with its password hidden. */
  public static String withoutPassword(String uri) {
    return SECRET_PARAMETER.matcher(withoutCredentials(uri)).replaceAll("$1***");
  }

  private static String withoutCredentials(String uri) {
    int at = uri.lastIndexOf('@');
    int start = uri.indexOf("//") + 2;
    if (at < 0) {
      // Without a host, a password stands in the place of the port.
      return WITHOUT_CREDENTIALS.matcher(uri).matches()
          ? uri
          : uri.substring(0, scheme(uri)) + "***";
    }
    if (start < 2 || start > at) {
      return "***" + uri.substring(at);
    }
    String credentials = uri.substring(start, at);
    int colon = credentials.indexOf(':');
    String user = colon < 0 ? "" : credentials.substring(0, colon + 1);
    return uri.substring(0, start) + user + "***" + uri.substring(at);
  }

  private static int scheme(String uri) {
    return uri.indexOf("//") < 0 ? 0 : uri.indexOf("//") + 2;
  }

  /** Returns a computed confidence, rounded down, so that nearly sure does not become sure. */
  public static String confidence(double share) {
    if (share < 0.001) {
      return "less than 0.1 %";
    }
    return share >= 0.9999
        ? "over 99.99 %"
        : String.format(Locale.ROOT, "%.1f %%", Math.floor(share * 1_000) / 10);
  }

  /** Returns a requested confidence unchanged. */
  public static String asked(Confidence confidence) {
    return BigDecimal.valueOf(confidence.share())
            .movePointRight(2)
            .stripTrailingZeros()
            .toPlainString()
        + " %";
  }

  private Texts() {}
}
