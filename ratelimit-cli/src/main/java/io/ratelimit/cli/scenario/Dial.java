package io.ratelimit.cli.scenario;

import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.Confidence;
import io.ratelimit.core.scaling.WorkerRange;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import picocli.CommandLine.TypeConversionException;

/**
 * A setting that a search changes: its values by level, ordered from the one with which the fewest
 * rounds meet their deadline to the one with which the most do.
 *
 * @param name its name in a scenario
 * @param levels the number of values, numbered from 0
 * @param settings returns the settings with the value of a level
 * @param text returns a value as text
 * @param number returns a value as a number, for a chart
 * @param unit the unit of that number
 */
record Dial(
    String name,
    int levels,
    IntFunction<Settings> settings,
    IntFunction<String> text,
    IntToDoubleFunction number,
    String unit) {

  /** The setting to change. */
  enum Kind {
    LIMIT,
    EMERGENCY_LIMIT,
    WORKERS,
    DEADLINE,
    CONFIDENCE;

    String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** If no end is given, the search goes up to this multiple of the value in the scenario. */
  private static final int FAR = 10;

  private static final int MOST_PERMITS = 1_000_000;
  private static final int MOST_SECONDS = 31 * 86_400;

  private static final List<Double> CONFIDENCES =
      List.of(0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9999, 0.99999);

  /**
   * Returns a dial for one of the settings.
   *
   * @param from the first value; chosen if empty
   * @param to the last value; chosen if empty
   * @throws InputException if the values are invalid for this setting
   */
  static Dial of(Kind kind, Settings others, String from, String to) {
    return switch (kind) {
      case LIMIT -> limit(others, from, to);
      case EMERGENCY_LIMIT -> emergency(others, from, to);
      case WORKERS -> workers(others, from, to);
      case DEADLINE -> deadline(others, from, to);
      case CONFIDENCE -> confidence(others, from, to);
    };
  }

  private static Dial limit(Settings others, String from, String to) {
    RateLimit limit = others.limit();
    int least = permits("--from", from, limit, 1);
    int most = permits("--to", to, limit, far(limit.permits(), MOST_PERMITS));
    return permits(
        Kind.LIMIT,
        limit,
        least,
        most,
        value ->
            others
                .withLimit(value)
                .withTerms(
                    others
                        .terms()
                        .withEmergencyLimit(
                            others
                                .terms()
                                .emergencyLimit()
                                .map(high -> value.isFasterThan(high) ? value : high))));
  }

  private static Dial emergency(Settings others, String from, String to) {
    RateLimit limit = others.limit();
    RateLimit high = others.terms().emergencyLimit().orElse(limit);
    int normal = (int) Math.ceil(limit.perMinute() / high.perMinute() * high.permits() - 1e-9);
    int least = Math.max(normal, permits("--from", from, high, normal));
    int most = permits("--to", to, high, far(high.permits(), MOST_PERMITS));
    return permits(
        Kind.EMERGENCY_LIMIT,
        high,
        least,
        most,
        value -> others.withTerms(others.terms().withEmergencyLimit(value)));
  }

  private static Dial permits(
      Kind kind, RateLimit like, int least, int most, Function<RateLimit, Settings> settings) {
    requireOrder(least, most);
    IntFunction<RateLimit> value = level -> like.withPermits(least + level);
    return new Dial(
        kind.text(),
        most - least + 1,
        level -> settings.apply(value.apply(level)),
        level -> value.apply(level).toString(),
        level -> value.apply(level).perMinute(),
        "starts per minute");
  }

  private static Dial workers(Settings others, String from, String to) {
    WorkerRange range = others.terms().workers();
    int least = from.isEmpty() ? 1 : number("--from", from, WorkerRange.MOST);
    int most =
        to.isEmpty() ? far(range.max(), WorkerRange.MOST) : number("--to", to, WorkerRange.MOST);
    requireOrder(least, most);
    return new Dial(
        Kind.WORKERS.text(),
        most - least + 1,
        level ->
            others.withTerms(
                others
                    .terms()
                    .withWorkers(
                        new WorkerRange(Math.min(range.min(), least + level), least + level))),
        level -> Integer.toString(least + level),
        level -> least + level,
        "workers at most");
  }

  private static Dial deadline(Settings others, String from, String to) {
    int seconds = (int) Math.ceil(Texts.seconds(others.terms().deadline()));
    int least = from.isEmpty() ? 1 : seconds("--from", from);
    int most = to.isEmpty() ? far(seconds, MOST_SECONDS) : seconds("--to", to);
    requireOrder(least, most);
    return new Dial(
        Kind.DEADLINE.text(),
        most - least + 1,
        level -> others.withTerms(others.terms().withDeadline(Duration.ofSeconds(least + level))),
        level -> Texts.duration(Duration.ofSeconds(least + level)),
        level -> least + level,
        "seconds");
  }

  private static Dial confidence(Settings others, String from, String to) {
    double least = from.isEmpty() ? 0.5 : share("--from", from);
    double most = to.isEmpty() ? 1 : share("--to", to);
    List<Double> values =
        CONFIDENCES.stream().filter(each -> each >= least && each <= most).toList();
    if (values.isEmpty()) {
      throw new InputException(
          "there is no confidence to try between --from and --to; those that are tried are 50%,"
              + " 75%, 90%, 95%, 98%, 99%, 99.5%, 99.9%, 99.99% and 99.999%");
    }
    return new Dial(
        Kind.CONFIDENCE.text(),
        values.size(),
        level -> others.withTerms(others.terms().withConfidence(new Confidence(values.get(level)))),
        level -> Texts.asked(new Confidence(values.get(level))),
        level -> 100 * values.get(level),
        "per cent");
  }

  private static int far(int value, int most) {
    return (int) Math.min(most, (long) FAR * value);
  }

  private static void requireOrder(int least, int most) {
    if (least > most) {
      throw new InputException(
          "there is nothing to search from " + least + " to " + most + "; give --from and --to");
    }
  }

  /** Returns the permits of a limit, which must have the same period. */
  private static int permits(String option, String text, RateLimit like, int otherwise) {
    if (text.isEmpty()) {
      return otherwise;
    }
    RateLimit limit = refused(option, () -> RateLimit.parse(text));
    if (!limit.period().equals(like.period())) {
      throw new InputException(
          option + " must be for the same time as " + like + " but is " + Texts.quoted(text));
    }
    return limit.permits();
  }

  private static int number(String option, String text, int most) {
    if (text.strip().matches("\\d{1,6}")) {
      int number = Integer.parseInt(text.strip());
      if (number >= 1 && number <= most) {
        return number;
      }
    }
    throw new InputException(
        option + " must be a whole number from 1 to " + most + " but is " + Texts.quoted(text));
  }

  private static int seconds(String option, String text) {
    Duration duration = refused(option, () -> new Converters.Deadline().convert(text));
    return Math.max(1, Math.toIntExact(duration.toSeconds()));
  }

  private static double share(String option, String text) {
    return refused(option, () -> new Converters.Share().convert(text));
  }

  private static <T> T refused(String option, Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException | TypeConversionException refused) {
      throw new InputException(option + " is refused: " + refused.getMessage());
    }
  }

  /** Returns levels that show the curve around one of them. */
  List<Integer> around(int level) {
    return IntStream.of(
            level - 1, level / 2, level * 3 / 4, level + Math.max(1, level / 4), level + level / 2)
        .filter(each -> each >= 0 && each < levels && each != level)
        .distinct()
        .boxed()
        .toList();
  }
}
