package io.ratelimit.http.quota;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** Parses numbers in header fields strictly: only digits. */
final class Numbers {

  private static final int MOST_DIGITS = 18;
  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,100}");
  private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,100}(\\.[0-9]{1,100})?");

  /** Returns a whole number of 0 or more; saturates. */
  static Optional<Long> whole(String text) {
    String stripped = text.strip();
    if (!DIGITS.matcher(stripped).matches()) {
      return Optional.empty();
    }
    return Optional.of(stripped.length() > MOST_DIGITS ? Long.MAX_VALUE : Long.parseLong(stripped));
  }

  /** Returns a number of 0 or more, with optional decimals. */
  static Optional<BigDecimal> decimal(String text) {
    String stripped = text.strip();
    return DECIMAL.matcher(stripped).matches()
        ? Optional.of(new BigDecimal(stripped))
        : Optional.empty();
  }

  /**
   * Returns seconds as a duration, rounded up to milliseconds and capped at {@link
   * RemoteQuota#LONGEST}.
   */
  static Duration seconds(BigDecimal seconds) {
    BigDecimal millis = seconds.movePointRight(3).setScale(0, RoundingMode.CEILING);
    BigDecimal most = BigDecimal.valueOf(RemoteQuota.LONGEST.toMillis());
    return Duration.ofMillis(millis.min(most).longValueExact());
  }

  static Duration seconds(long seconds) {
    return seconds(BigDecimal.valueOf(seconds));
  }

  private Numbers() {}
}
