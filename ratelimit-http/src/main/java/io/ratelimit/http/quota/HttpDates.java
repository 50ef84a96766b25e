package io.ratelimit.http.quota;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The three forms of a date in HTTP (RFC 9110, 5.6.7). */
final class HttpDates {

  private static final LocalDate FIRST_OF_TWO_DIGITS = LocalDate.of(1980, 1, 1);

  private static final List<DateTimeFormatter> FORMS =
      List.of(
          DateTimeFormatter.RFC_1123_DATE_TIME,
          new DateTimeFormatterBuilder()
              .appendPattern("EEEE, dd-MMM-")
              .appendValueReduced(ChronoField.YEAR, 2, 2, FIRST_OF_TWO_DIGITS)
              .appendPattern(" HH:mm:ss 'GMT'")
              .toFormatter(Locale.ENGLISH)
              .withZone(ZoneOffset.UTC),
          DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ENGLISH)
              .withZone(ZoneOffset.UTC));

  /** Returns when an answer was sent, by the API's own clock if it has a date. */
  static Instant sentAt(HttpHeaders headers, Instant now) {
    return headers.firstValue("Date").flatMap(HttpDates::parse).orElse(now);
  }

  static Optional<Instant> parse(String text) {
    for (DateTimeFormatter form : FORMS) {
      try {
        return Optional.of(form.parse(text.strip(), Instant::from));
      } catch (DateTimeException otherForm) {
        // Try the next form.
      }
    }
    return Optional.empty();
  }

  private HttpDates() {}
}
