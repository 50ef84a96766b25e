package io.ratelimit.http.request;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.time.Time;
import io.ratelimit.http.answer.Answer;
import io.ratelimit.http.answer.AnswerListener;
import io.ratelimit.http.answer.Verdict;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * An API's clock, as far as its answers tell of it: for timestamps in requests, which many APIs
 * refuse when they are off by seconds. Give it to the handler as a listener. It believes our own
 * clock until an answer shows that it is off. Each answer narrows the range that the difference can
 * be in; one that contradicts those before begins it anew, since a clock was set. Thread-safe.
 */
public final class ApiClock implements AnswerListener {

  /** In a {@code Date} field the rest of the second is cut off. */
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Time time;
  private long lastNonce;
  private Optional<Range> range = Optional.empty();

  /** What has to be added to our clock is in this range. */
  private record Range(Duration least, Duration most) {

    Optional<Range> within(Range other) {
      Duration low = least.compareTo(other.least) > 0 ? least : other.least;
      Duration high = most.compareTo(other.most) < 0 ? most : other.most;
      return low.compareTo(high) <= 0 ? Optional.of(new Range(low, high)) : Optional.empty();
    }

    Duration offset() {
      boolean zeroIsIn = least.compareTo(Duration.ZERO) <= 0 && most.compareTo(Duration.ZERO) >= 0;
      return zeroIsIn ? Duration.ZERO : least.plus(most.minus(least).dividedBy(2));
    }
  }

  private ApiClock(Time time) {
    this.time = time;
  }

  /** Returns a clock that begins with ours. */
  public static ApiClock of(Time time) {
    return new ApiClock(requireNonNull(time, "time"));
  }

  /** Returns what time it is for the API. */
  public Instant now() {
    return time.now().plus(offset());
  }

  /** Returns what has to be added to our clock: zero if it is right as far as is known. */
  public synchronized Duration offset() {
    return range.map(Range::offset).orElse(Duration.ZERO);
  }

  /**
   * Returns a number that is larger than each before: the API's time in milliseconds, or the next
   * number if that is no larger. It is unique in this process; processes that share a key need a
   * window for nonces at the API, or a key each.
   */
  public synchronized long nonce() {
    lastNonce = Math.max(lastNonce + 1, now().toEpochMilli());
    return lastNonce;
  }

  /** Looks at the {@code Date} of an answer. */
  @Override
  public void answered(Answer answer, Verdict verdict) {
    // What a cache kept has an old date.
    if (answer.headers().firstValue("Age").isEmpty()) {
      answer
          .headers()
          .firstValue("Date")
          .flatMap(ApiClock::parsed)
          .ifPresent(date -> observe(date, SECOND, answer.sentAt(), answer.answeredAt()));
    }
  }

  /**
   * Notes what time it was for the API while it answered a request, as it told by a call of its own
   * for that.
   *
   * @param theirs its time
   * @param precision what was cut off that time: less than this
   * @param sentAt when it was asked, by our clock
   * @param answeredAt when the answer was there, by our clock
   */
  public synchronized void observe(
      Instant theirs, Duration precision, Instant sentAt, Instant answeredAt) {
    Range seen =
        new Range(
            Duration.between(answeredAt, theirs), Duration.between(sentAt, theirs.plus(precision)));
    if (seen.least().compareTo(seen.most()) <= 0) {
      range = range.flatMap(seen::within).or(() -> Optional.of(seen));
    }
  }

  private static Optional<Instant> parsed(String date) {
    try {
      return Optional.of(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date, Instant::from));
    } catch (DateTimeException otherForm) {
      return Optional.empty();
    }
  }
}
