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
 * An API's clock, derived from its answers, for timestamps in requests, which many APIs refuse if
 * they are off by seconds. Pass it to the handler as a listener. It follows the local clock until
 * an answer shows that that is off. Each answer narrows the possible range of the difference; an
 * answer that contradicts earlier ones starts over, because a clock was set. Thread-safe.
 */
public final class ApiClock implements AnswerListener {

  /** A {@code Date} field truncates to whole seconds. */
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Time time;
  private long lastNonce;
  private Optional<Range> range = Optional.empty();

  /** The range of the difference to add to our clock. */
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

  /** Returns a clock that begins with the local clock. */
  public static ApiClock of(Time time) {
    return new ApiClock(requireNonNull(time, "time"));
  }

  /** Returns the API's current time. */
  public Instant now() {
    return time.now().plus(offset());
  }

  /** Returns the difference to the local clock: zero if that is right as far as known. */
  public synchronized Duration offset() {
    return range.map(Range::offset).orElse(Duration.ZERO);
  }

  /**
   * Returns a number that is larger than every earlier one: the API's time in milliseconds, or the
   * next number if that is not larger. It is unique in this process; processes that share a key
   * need a nonce window at the API, or separate keys.
   */
  public synchronized long nonce() {
    lastNonce = Math.max(lastNonce + 1, now().toEpochMilli());
    return lastNonce;
  }

  /** Reads the {@code Date} of an answer. */
  @Override
  public void answered(Answer answer, Verdict verdict) {
    // A cached answer has an old date.
    if (answer.headers().firstValue("Age").isEmpty()) {
      answer
          .headers()
          .firstValue("Date")
          .flatMap(ApiClock::parsed)
          .ifPresent(date -> observe(date, SECOND, answer.sentAt(), answer.answeredAt()));
    }
  }

  /**
   * Records the API's time during a request, as reported by a separate call.
   *
   * @param theirs its time
   * @param precision the precision of that time: less than this was cut off
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
