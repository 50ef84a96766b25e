package io.ratelimit.core.limit;

import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.internal.check.Requirements;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of permits per period.
 *
 * <p><b>Worst case: in no half-open interval of the length of the {@link #window() window} do more
 * than {@link #permits() permits} start</b>, whatever the burst and wherever the interval begins.
 * This is a sliding window, not the fixed window (up to twice the permits across a boundary) or the
 * token bucket (permits + burst) of other libraries.
 *
 * <p><b>Minimum distance between two starts.</b>
 *
 * <ul>
 *   <li>With a burst of 1 starts are <em>paced</em>: at least window / permits apart, for example 3
 *       s apart at 20 per minute.
 *   <li>With a burst B above 1 there is no minimum distance between two starts, because up to B
 *       unused permits may be caught up at once; from a start to the B-th start after it, the
 *       distance is again at least window / permits. The window still holds no more starts.
 * </ul>
 *
 * <p><b>The default burst follows from time</b>, because without a burst, a taker that is a few
 * milliseconds late could never catch up. It is what is due in 50 ms, at least 2 if a permit is due
 * every 500 ms or sooner, and 1 if permits are farther apart. So 20/min and 60/min are paced, 20/s
 * has a burst of 2, 200/s one of 10 and 999/s one of 50. {@link #withBurst} chooses another; {@code
 * withBurst(1)} is strictly paced.
 *
 * <p>The guarantee applies to <em>starts</em>, at the time when a permit is spent. An API that
 * counts arrivals also sees network jitter; a {@linkplain #withMargin(Duration) margin} lengthens
 * the window to absorb it.
 *
 * <p>Immutable and thread-safe.
 *
 * @param permits 1 to {@value #MAX_PERMITS}
 * @param period the time for which the permits are counted: 1 ms to 31 days, in whole microseconds
 * @param burst how many unused permits may be caught up at once: 1 to the number of permits; {@link
 *     #of} and {@link #parse} choose it
 * @param margin by how much the window is longer than the period: 0 to 1 day, in whole microseconds
 */
public record RateLimit(int permits, Duration period, int burst, Duration margin) {

  /** The largest number of permits in a period. */
  public static final int MAX_PERMITS = 1_000_000;

  private static final Duration SHORTEST_PERIOD = Duration.ofMillis(1);
  private static final Duration LONGEST_PERIOD = Duration.ofDays(31);
  private static final Duration LONGEST_MARGIN = Duration.ofDays(1);
  private static final Duration CAUGHT_UP = Duration.ofMillis(50);
  private static final Duration SHORT_INTERVAL = Duration.ofMillis(500);
  private static final String UNITS = "(us|ms|s|m|min|h|d)";
  private static final Pattern TEXT =
      Pattern.compile(
          "(\\d{1,9})/(\\d{0,13})"
              + UNITS
              + "(?:\\s+burst\\s+(\\d{1,9}))?(?:\\s+margin\\s+(\\d{1,13})"
              + UNITS
              + ")?");

  /**
   * Creates a limit.
   *
   * @throws IllegalArgumentException if a value is outside its range
   */
  public RateLimit {
    Requirements.count("permits", permits, 1, MAX_PERMITS);
    requireBetween("period", period, SHORTEST_PERIOD, LONGEST_PERIOD);
    if (burst < 1 || burst > permits) {
      throw new IllegalArgumentException(
          "burst must be 1 to the number of permits, " + permits + ", but is " + burst);
    }
    requireBetween("margin", margin, Duration.ZERO, LONGEST_MARGIN);
  }

  private static void requireBetween(String what, Duration value, Duration least, Duration most) {
    Requirements.wholeMicros(what, Requirements.between(what, value, least, most));
  }

  /**
   * Returns the first half of a limit: {@code RateLimit.of(20).perMinute()}.
   *
   * @param permits 1 to {@value #MAX_PERMITS}; checked when the limit is complete
   */
  public static Permits of(int permits) {
    return new Permits(permits);
  }

  /**
   * Returns a limit from text: {@code 20/m}, {@code 60/min}, {@code 5/s}, {@code 100/30s}, {@code
   * 7/250ms}, {@code 1000/h}, {@code 5000/d}; followed by a burst and a margin if they are not the
   * default: {@code 100/30s burst 5 margin 1s}. Reads what {@link #toString} writes.
   *
   * @throws IllegalArgumentException if the text has another form or a value outside its range
   */
  public static RateLimit parse(String text) {
    Matcher matcher = TEXT.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "a rate limit must look like 20/m, 5/s or 100/30s burst 5 margin 1s (units"
              + " us, ms, s, m, h, d; burst and margin are optional) but is "
              + Printable.quoted(text));
    }
    try {
      String count = matcher.group(2);
      Duration period = duration(count.isEmpty() ? 1 : Long.parseLong(count), matcher.group(3));
      RateLimit limit = of(Integer.parseInt(matcher.group(1))).per(period);
      if (matcher.group(4) != null) {
        limit = limit.withBurst(Integer.parseInt(matcher.group(4)));
      }
      return matcher.group(5) == null
          ? limit
          : limit.withMargin(duration(Long.parseLong(matcher.group(5)), matcher.group(6)));
    } catch (IllegalArgumentException refused) {
      throw new IllegalArgumentException(
          Printable.quoted(text) + ": " + refused.getMessage(), refused);
    }
  }

  private static Duration duration(long count, String unit) {
    return switch (unit) {
      case "us" -> Duration.of(count, ChronoUnit.MICROS);
      case "ms" -> Duration.ofMillis(count);
      case "s" -> Duration.ofSeconds(count);
      case "h" -> Duration.ofHours(count);
      case "d" -> Duration.ofDays(count);
      default -> Duration.ofMinutes(count);
    };
  }

  private static int defaultBurst(int permits, Duration period) {
    long micros = Micros.of(period);
    long due = -Math.floorDiv(-permits * Micros.of(CAUGHT_UP), micros);
    boolean soon = micros <= permits * Micros.of(SHORT_INTERVAL);
    return (int) Math.max(1, Math.min(permits, Math.max(due, soon ? 2 : 1)));
  }

  /**
   * Returns this limit with another burst.
   *
   * @throws IllegalArgumentException if the burst is outside its range
   */
  public RateLimit withBurst(int newBurst) {
    return new RateLimit(permits, period, newBurst, margin);
  }

  /**
   * Returns this limit with another margin.
   *
   * @throws IllegalArgumentException if the margin is outside its range
   */
  public RateLimit withMargin(Duration newMargin) {
    return new RateLimit(permits, period, burst, newMargin);
  }

  /**
   * Returns this limit with another number of permits. A default burst becomes the default of the
   * new number. Any other burst stays, but is lowered to the number if it is above.
   *
   * @throws IllegalArgumentException if the number is outside its range
   */
  public RateLimit withPermits(int newPermits) {
    int newBurst =
        burst == defaultBurst(permits, period) ? defaultBurst(newPermits, period) : burst;
    return new RateLimit(newPermits, period, Math.max(1, Math.min(newBurst, newPermits)), margin);
  }

  /**
   * Returns the length of the sliding window that never holds more starts than permits: period +
   * margin.
   */
  public Duration window() {
    return period.plus(margin);
  }

  /** Returns the average time between permits, window / permits, in seconds. */
  public double secondsPerPermit() {
    return windowMicros() / (double) Micros.PER_SECOND / permits;
  }

  /** Returns the average number of permits in a minute, which a margin lowers. */
  public double perMinute() {
    return 60 / secondsPerPermit();
  }

  /** Returns whether this limit allows more permits in the long run than another. */
  public boolean isFasterThan(RateLimit other) {
    // At most 10^6 permits × 32 days of microseconds, 2.8 × 10^18: no product overflows.
    return permits * other.windowMicros() > other.permits * windowMicros();
  }

  /**
   * Returns this limit if it has no more permits, no shorter window and no larger burst than a
   * ceiling, so that whatever obeys it also obeys the ceiling. Otherwise returns the ceiling with
   * as many permits as this limit has in the ceiling's window, at least one and no more than the
   * ceiling's.
   */
  RateLimit under(RateLimit ceiling) {
    if (permits <= ceiling.permits
        && windowMicros() >= ceiling.windowMicros()
        && burst <= ceiling.burst) {
      return this;
    }
    long inWindow = permits * ceiling.windowMicros() / windowMicros();
    int fitting = (int) Math.max(1, Math.min(ceiling.permits, inWindow));
    return new RateLimit(fitting, ceiling.period, Math.min(ceiling.burst, fitting), ceiling.margin);
  }

  long windowMicros() {
    return Micros.of(period) + Micros.of(margin);
  }

  /**
   * For example {@code 20/min}, {@code 100/30s burst 5 margin 1s}, as {@link #parse} reads it; a
   * burst that is the default is left out.
   */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder().append(permits).append('/').append(text(period));
    if (burst != defaultBurst(permits, period)) {
      text.append(" burst ").append(burst);
    }
    if (!margin.isZero()) {
      String written = text(margin);
      text.append(" margin ")
          .append(Character.isDigit(written.charAt(0)) ? "" : "1")
          .append(written);
    }
    return text.toString();
  }

  /** Returns the period, without the number if it is 1. */
  private static String text(Duration period) {
    long micros = Micros.of(period);
    if (micros == 60 * Micros.PER_SECOND) {
      return "min";
    }
    record Unit(long micros, String name) {}
    Unit[] units = {
      new Unit(86_400 * Micros.PER_SECOND, "d"),
      new Unit(3_600 * Micros.PER_SECOND, "h"),
      new Unit(60 * Micros.PER_SECOND, "min"),
      new Unit(Micros.PER_SECOND, "s"),
      new Unit(1_000, "ms"),
      new Unit(1, "us")
    };
    for (Unit unit : units) {
      if (micros % unit.micros == 0) {
        long count = micros / unit.micros;
        return (count == 1 ? "" : Long.toString(count)) + unit.name;
      }
    }
    throw new AssertionError(period);
  }

  /** A number of permits whose period is not yet set. */
  public static final class Permits {
    private final int permits;

    private Permits(int permits) {
      this.permits = permits;
    }

    /**
     * In any second.
     *
     * @throws IllegalArgumentException if the number of permits is outside its range
     */
    public RateLimit perSecond() {
      return per(Duration.ofSeconds(1));
    }

    /**
     * In any minute.
     *
     * @throws IllegalArgumentException if the number of permits is outside its range
     */
    public RateLimit perMinute() {
      return per(Duration.ofMinutes(1));
    }

    /**
     * In any hour.
     *
     * @throws IllegalArgumentException if the number of permits is outside its range
     */
    public RateLimit perHour() {
      return per(Duration.ofHours(1));
    }

    /**
     * In any interval of this length, with the default burst.
     *
     * @throws IllegalArgumentException if the period or the number of permits is outside its range
     */
    public RateLimit per(Duration period) {
      RateLimit paced = new RateLimit(permits, period, 1, Duration.ZERO);
      return paced.withBurst(defaultBurst(permits, period));
    }
  }
}
