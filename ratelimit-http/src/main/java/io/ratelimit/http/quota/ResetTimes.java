package io.ratelimit.http.quota;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/** Parses when an API may be asked again, as a time from now. */
final class ResetTimes {

  /** As seconds from now, this would be 31 years; as a time, it was in 2001. */
  private static final BigDecimal FIRST_EPOCH_SECONDS = BigDecimal.valueOf(1_000_000_000L);

  private static final BigDecimal FIRST_EPOCH_MILLIS = BigDecimal.valueOf(1_000_000_000_000L);

  /**
   * Parses seconds, a time since 1970, or a date, which is compared with the API's clock, not ours.
   */
  static Optional<Duration> retryAfter(String text, Instant sentAt) {
    return reset(text, ResetForm.SECONDS, sentAt);
  }

  /** Parses a number, or a date in the form of HTTP or ISO 8601. */
  static Optional<Duration> reset(String text, ResetForm form, Instant sentAt) {
    Optional<Duration> number =
        Numbers.decimal(text)
            .map(
                value ->
                    form == ResetForm.MILLISECONDS
                        ? sinceMillis(value, sentAt)
                        : sinceSeconds(value, sentAt));
    return number
        .or(() -> HttpDates.parse(text).map(date -> between(sentAt, date)))
        .or(() -> isoDate(text).map(date -> between(sentAt, date)));
  }

  private static Duration sinceSeconds(BigDecimal value, Instant sentAt) {
    if (value.compareTo(FIRST_EPOCH_SECONDS) < 0) {
      return Numbers.seconds(value);
    }
    return value.compareTo(FIRST_EPOCH_MILLIS) < 0
        ? until(value, sentAt)
        : until(value.movePointLeft(3), sentAt);
  }

  private static Duration sinceMillis(BigDecimal value, Instant sentAt) {
    BigDecimal seconds = value.movePointLeft(3);
    return value.compareTo(FIRST_EPOCH_MILLIS) < 0
        ? Numbers.seconds(seconds)
        : until(seconds, sentAt);
  }

  private static Duration until(BigDecimal epochSeconds, Instant sentAt) {
    BigDecimal now =
        BigDecimal.valueOf(sentAt.getEpochSecond()).add(BigDecimal.valueOf(sentAt.getNano(), 9));
    return Numbers.seconds(epochSeconds.subtract(now).max(BigDecimal.ZERO));
  }

  private static Optional<Instant> isoDate(String text) {
    try {
      return Optional.of(OffsetDateTime.parse(text.strip()).toInstant());
    } catch (DateTimeException otherForm) {
      return Optional.empty();
    }
  }

  private static Duration between(Instant from, Instant to) {
    Duration between = Duration.between(from, to);
    if (between.isNegative()) {
      return Duration.ZERO;
    }
    return between.compareTo(RemoteQuota.LONGEST) > 0 ? RemoteQuota.LONGEST : between;
  }

  private ResetTimes() {}
}
