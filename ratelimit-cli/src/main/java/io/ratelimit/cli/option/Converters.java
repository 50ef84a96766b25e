package io.ratelimit.cli.option;

import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.EventTypes;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.plan.Backlog;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.EventQueue.ClearScope;
import io.ratelimit.core.scaling.Confidence;
import io.ratelimit.core.scaling.WorkerRange;
import io.ratelimit.redis.RedisEventQueue;
import io.ratelimit.temporal.manager.ManagerOptions;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converters from the text of options to values; each names its rule when it rejects a text. */
public final class Converters {

  static final Duration LONGEST_DEADLINE = Duration.ofDays(31);

  /** A limit like {@code 20/m}. */
  public static final class Limit implements ITypeConverter<RateLimit> {
    @Override
    public RateLimit convert(String text) {
      try {
        return RateLimit.parse(text);
      } catch (IllegalArgumentException refused) {
        throw new TypeConversionException(String.valueOf(refused.getMessage()));
      }
    }
  }

  /** The ceiling for raising the limit, if it may be raised. */
  record Ceiling(Optional<RateLimit> limit) {}

  /** A limit, or {@code none}. */
  static final class CeilingConverter implements ITypeConverter<Ceiling> {
    @Override
    public Ceiling convert(String text) {
      return new Ceiling(
          text.strip().equals("none") ? Optional.empty() : Optional.of(new Limit().convert(text)));
    }
  }

  /** Returns a duration of any sign, written as {@code 1h30m} or in ISO 8601. */
  private static Duration duration(String text) {
    return Durations.parse(text)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "a duration must look like 10s, 3m, 250ms or 1h30m (units ms, s,"
                        + " m, h, d), or PT1H30M, but is "
                        + Texts.quoted(text)));
  }

  private static Duration durationUpTo(Duration most, String text) {
    Duration value = duration(text);
    if (value.isNegative() || value.isZero() || value.compareTo(most) > 0) {
      throw new TypeConversionException(
          "must be more than 0 s and at most "
              + Texts.duration(most)
              + " but is "
              + Texts.quoted(text));
    }
    return value;
  }

  /** How long a round may take. */
  public static final class Deadline implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      return durationUpTo(LONGEST_DEADLINE, text);
    }
  }

  /** How long an attempt is expected to take. */
  public static final class ProcessingTime implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      Duration value = durationUpTo(Duration.ofHours(24), text);
      if (value.toNanosPart() % 1_000 != 0) {
        throw new TypeConversionException(
            "must be in whole microseconds but is " + Texts.quoted(text));
      }
      return value;
    }
  }

  /**
   * A number of events of one type.
   *
   * @param type the type
   * @param count the number of events
   * @param timeKnown whether the processing time is known, rather than assumed
   * @param weight the permits of an attempt at each
   */
  public record TypeCount(EventType type, int count, boolean timeKnown, int weight) {}

  /** {@code NAME=N}, {@code NAME=N@TIME}, {@code NAME=N*WEIGHT} or {@code NAME=N@TIME*WEIGHT}. */
  public static final class TypeCountConverter implements ITypeConverter<TypeCount> {
    private static final Pattern FORM =
        Pattern.compile("([^=]*)=([^@*]*)(?:@([^*]*))?(?:\\*(.*))?");

    @Override
    public TypeCount convert(String text) {
      Matcher matcher = FORM.matcher(text);
      if (!matcher.matches()) {
        throw new TypeConversionException(
            "must look like OPEN_ORDER_DETECTED=40 or MY_TYPE=40@12s*3 but is "
                + Texts.quoted(text));
      }
      EventType type = type(matcher.group(1).strip());
      int count = new Events().convert(matcher.group(2).strip());
      int weight = matcher.group(4) == null ? 1 : new Weight().convert(matcher.group(4).strip());
      return matcher.group(3) == null
          ? new TypeCount(type, count, EventTypes.standard().find(type.name()).isPresent(), weight)
          : new TypeCount(
              type.withProcessingTime(new ProcessingTime().convert(matcher.group(3).strip())),
              count,
              true,
              weight);
    }

    private static EventType type(String name) {
      try {
        return EventTypes.standard().get(name);
      } catch (IllegalArgumentException refused) {
        throw new TypeConversionException(
            "an event type's name must be 1 to 64 characters from A-Z a-z 0-9 _ . - but is "
                + Texts.quoted(name));
      }
    }
  }

  /** A whole number in a range. */
  private abstract static class WholeNumber<T> implements ITypeConverter<T> {
    private final long least;
    private final long most;

    WholeNumber(long least, long most) {
      this.least = least;
      this.most = most;
    }

    long parse(String text) {
      if (text.strip().matches("[+-]?\\d{1,100}")) {
        BigInteger value = new BigInteger(text.strip());
        if (value.compareTo(BigInteger.valueOf(least)) >= 0
            && value.compareTo(BigInteger.valueOf(most)) <= 0) {
          return value.longValueExact();
        }
      }
      throw new TypeConversionException(
          "must be a whole number from " + least + " to " + most + " but is " + Texts.quoted(text));
    }
  }

  /** Returns a whole number from part of a text. */
  static int smallNumber(String text, int least, int most) {
    return new SmallNumber(least, most) {}.convert(text);
  }

  private abstract static class SmallNumber extends WholeNumber<Integer> {
    SmallNumber(int least, int most) {
      super(least, most);
    }

    @Override
    public Integer convert(String text) {
      return Math.toIntExact(parse(text));
    }
  }

  /** How many events. */
  public static final class Events extends SmallNumber {
    Events() {
      super(1, (int) Backlog.MAX_EVENTS);
    }
  }

  /** How many workers. */
  public static final class Workers extends SmallNumber {
    Workers() {
      super(1, WorkerRange.MOST);
    }
  }

  /** How many events an activity handles. */
  public static final class EventsPerActivity extends SmallNumber {
    EventsPerActivity() {
      super(1, ManagerOptions.MOST_EVENTS);
    }
  }

  /** How many permits an attempt costs. */
  private static final class Weight extends SmallNumber {
    Weight() {
      super(1, AuditEvent.MAX_WEIGHT);
    }
  }

  /** How many permits a call costs. */
  public static final class Permits extends SmallNumber {
    Permits() {
      super(1, RateLimit.MAX_PERMITS);
    }
  }

  /** Which version of a limit. */
  static final class LimitVersion extends WholeNumber<Long> {
    LimitVersion() {
      super(1, RedisEventQueue.Builder.LAST_LIMIT_VERSION);
    }

    @Override
    public Long convert(String text) {
      return parse(text);
    }
  }

  /** How many retries. */
  static final class Retries extends SmallNumber {
    Retries() {
      super(0, 1_000);
    }
  }

  /** How many rounds; 0 for no end. */
  public static final class Rounds extends SmallNumber {
    Rounds() {
      super(0, 1_000_000);
    }
  }

  /** How many runs. */
  public static final class Runs extends SmallNumber {
    Runs() {
      super(1, 100_000);
    }
  }

  /** How many entries a page has. */
  public static final class PageSize extends SmallNumber {
    PageSize() {
      super(1, EventQueue.MAX_PAGE);
    }
  }

  /** A port to listen at. */
  public static final class Port extends SmallNumber {
    Port() {
      super(0, 65_535);
    }
  }

  /** A place in the order of publication. */
  public static final class Sequence extends WholeNumber<Long> {
    public Sequence() {
      super(0, Long.MAX_VALUE);
    }

    @Override
    public Long convert(String text) {
      return parse(text);
    }
  }

  /** One of a few words, ignoring case. */
  private abstract static class Word<T extends Enum<T>> implements ITypeConverter<T> {
    private final Class<T> type;

    Word(Class<T> type) {
      this.type = type;
    }

    @Override
    public T convert(String text) {
      for (T value : type.getEnumConstants()) {
        if (value.name().equalsIgnoreCase(text.strip())) {
          return value;
        }
      }
      String words =
          Arrays.stream(type.getEnumConstants())
              .map(value -> value.name().toLowerCase(Locale.ROOT))
              .collect(Collectors.joining(", "));
      throw new TypeConversionException(
          "must be one of " + words + " but is " + Texts.quoted(text));
    }
  }

  /** A priority. */
  public static final class PriorityName extends Word<Priority> {
    PriorityName() {
      super(Priority.class);
    }
  }

  /** What to clear. */
  public static final class Scope extends Word<ClearScope> {
    Scope() {
      super(ClearScope.class);
    }
  }

  /** The seed of a sequence of random numbers. */
  public static final class Seed extends WholeNumber<Long> {
    Seed() {
      super(Long.MIN_VALUE, Long.MAX_VALUE);
    }

    @Override
    public Long convert(String text) {
      return parse(text);
    }
  }

  /** A real number in a range. */
  private abstract static class RealNumber implements ITypeConverter<Double> {
    private static final Pattern FORM =
        Pattern.compile("[+-]?(\\d{1,30}(\\.\\d{0,30})?|\\.\\d{1,30})");

    private final double least;
    private final double most;
    private final String rule;

    RealNumber(double least, double most, String rule) {
      this.least = least;
      this.most = most;
      this.rule = rule;
    }

    @Override
    public Double convert(String text) {
      return inRange(text, text.strip(), BigDecimal.ONE);
    }

    double inRange(String text, String number, BigDecimal unit) {
      if (FORM.matcher(number).matches()) {
        double value = new BigDecimal(number).multiply(unit).doubleValue();
        if (value >= least && value <= most) {
          return value;
        }
      }
      throw new TypeConversionException("must be " + rule + " but is " + Texts.quoted(text));
    }
  }

  /** A share like {@code 0.05} or {@code 5%}. */
  public static final class Share extends RealNumber {
    public Share() {
      super(0, 1, "a share from 0 to 1, like 0.05 or 5%,");
    }

    @Override
    public Double convert(String text) {
      String number = text.strip();
      return number.endsWith("%")
          ? inRange(
              text, number.substring(0, number.length() - 1).strip(), BigDecimal.valueOf(1, 2))
          : super.convert(text);
    }
  }

  /** A confidence like {@code 99.9%} or {@code 0.999}. */
  public static final class ConfidenceConverter implements ITypeConverter<Confidence> {
    private static final Shares SHARES = new Shares();

    private static final class Shares extends RealNumber {
      Shares() {
        super(0.5, 0.99999, "a confidence from 50% to 99.999%, like 99.9% or 0.999,");
      }

      double share(String text) {
        String number = text.strip();
        return number.endsWith("%")
            ? inRange(
                text, number.substring(0, number.length() - 1).strip(), BigDecimal.valueOf(1, 2))
            : convert(text);
      }
    }

    @Override
    public Confidence convert(String text) {
      return new Confidence(SHARES.share(text));
    }
  }

  /** How many times as long something takes. */
  static final class SlowFactor extends RealNumber {
    SlowFactor() {
      super(1, 1_000, "a number from 1 to 1000");
    }
  }

  /** How many times as fast time runs. */
  public static final class Speedup extends RealNumber {
    Speedup() {
      super(0.1, 1_000, "a number from 0.1 to 1000");
    }
  }

  /** Durations from text. */
  public static final class Durations {
    private static final Pattern UNITS =
        Pattern.compile(
            "([+-]?)"
                + "(?:(\\d{1,9}(?:\\.\\d{1,9})?)d)?"
                + "(?:(\\d{1,9}(?:\\.\\d{1,9})?)h)?"
                + "(?:(\\d{1,9}(?:\\.\\d{1,9})?)(?:min|m(?!s)))?"
                + "(?:(\\d{1,9}(?:\\.\\d{1,9})?)s)?"
                + "(?:(\\d{1,9}(?:\\.\\d{1,9})?)ms)?");
    private static final long[] NANOS = {
      86_400_000_000_000L, 3_600_000_000_000L, 60_000_000_000L, 1_000_000_000L, 1_000_000L
    };

    /** Returns the duration that a text means, if it means one. */
    public static Optional<Duration> parse(String text) {
      String stripped = text.strip();
      Matcher matcher = UNITS.matcher(stripped.toLowerCase(Locale.ROOT));
      if (matcher.matches() && matcher.end() > matcher.end(1)) {
        BigDecimal nanos = BigDecimal.ZERO;
        for (int i = 0; i < NANOS.length; i++) {
          String number = matcher.group(i + 2);
          if (number != null) {
            nanos = nanos.add(new BigDecimal(number).multiply(BigDecimal.valueOf(NANOS[i])));
          }
        }
        BigInteger whole = nanos.toBigInteger();
        BigInteger[] parts = whole.divideAndRemainder(BigInteger.valueOf(NANOS[3]));
        Duration value = Duration.ofSeconds(parts[0].longValueExact(), parts[1].longValueExact());
        return Optional.of(matcher.group(1).equals("-") ? value.negated() : value);
      }
      try {
        return Optional.of(Duration.parse(stripped));
      } catch (DateTimeParseException otherForm) {
        return Optional.empty();
      }
    }

    private Durations() {}
  }

  private Converters() {}
}
