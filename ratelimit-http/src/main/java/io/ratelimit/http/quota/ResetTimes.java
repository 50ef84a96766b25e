package io.ratelimit.http.quota;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** When an API wants to be asked again, as a time from now. */
final class ResetTimes {

  /** As seconds from now this would be 31 years; as a time it was in 2001. */
  private static final BigDecimal FIRST_EPOCH_SECONDS = BigDecimal.valueOf(1_000_000_000L);

  private static final BigDecimal FIRST_EPOCH_MILLIS = BigDecimal.valueOf(1_000_000_000_000L);

  /** Seconds, or a date, which is compared with the API's own clock rather than with ours. */
  static Optional<Duration> retryAfter(String text, Instant sentAt) {
    Optional<Duration> seconds = Numbers.decimal(text).map(Numbers::seconds);
    return seconds.isPresent() ? seconds : HttpDates.parse(text).map(date -> between(sentAt, date));
  }

  /** Seconds from now, or the time in seconds or milliseconds since 1970. */
  static Optional<Duration> reset(String text, Instant sentAt) {
    return Numbers.decimal(text)
        .map(
            number -> {
              if (number.compareTo(FIRST_EPOCH_SECONDS) < 0) {
                return Numbers.seconds(number);
              }
              BigDecimal epochSeconds =
                  number.compareTo(FIRST_EPOCH_MILLIS) < 0 ? number : number.movePointLeft(3);
              BigDecimal now =
                  BigDecimal.valueOf(sentAt.getEpochSecond())
                      .add(BigDecimal.valueOf(sentAt.getNano(), 9));
              return Numbers.seconds(epochSeconds.subtract(now).max(BigDecimal.ZERO));
            });
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
