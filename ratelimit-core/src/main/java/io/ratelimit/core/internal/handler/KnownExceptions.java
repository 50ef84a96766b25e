package io.ratelimit.core.internal.handler;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads exceptions of Spring's HTTP clients and Temporal's SDK by reflection, so that nobody needs
 * these libraries. If an exception cannot be read, it means nothing special.
 */
public final class KnownExceptions {

  private static final String REST_CLIENT =
      "org.springframework.web.client.RestClientResponseException";
  private static final String WEB_CLIENT =
      "org.springframework.web.reactive.function.client.WebClientResponseException";
  private static final String APPLICATION_FAILURE = "io.temporal.failure.ApplicationFailure";

  private static final int TOO_MANY_REQUESTS = 429;
  private static final int UNAVAILABLE = 503;
  private static final Duration PAUSE_WITHOUT_HINT = Duration.ofSeconds(30);
  private static final long LONGEST_SECONDS = Duration.ofDays(1).toSeconds();

  /** Returns how long an API wants all callers to pause. */
  public static Optional<Duration> pause(Throwable each) {
    boolean rest = isA(each, REST_CLIENT);
    if (!rest && !isA(each, WEB_CLIENT)) {
      return Optional.empty();
    }
    Object status = ask(ask(each, "getStatusCode"), "value");
    Object headers = ask(each, rest ? "getResponseHeaders" : "getHeaders");
    Optional<Duration> told = seconds(askFor(headers, "getFirst", "Retry-After"));
    if (Integer.valueOf(TOO_MANY_REQUESTS).equals(status)) {
      return told.or(() -> Optional.of(PAUSE_WITHOUT_HINT));
    }
    return Integer.valueOf(UNAVAILABLE).equals(status) ? told : Optional.empty();
  }

  /**
   * Reads seconds. Returns empty for a date: Spring's clients keep it as text, and there is no
   * clock here.
   */
  private static Optional<Duration> seconds(@Nullable Object text) {
    if (!(text instanceof String digits) || !digits.matches("[0-9]{1,9}")) {
      return Optional.empty();
    }
    long seconds = Math.min(Long.parseLong(digits), LONGEST_SECONDS);
    return seconds == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds));
  }

  /** Returns the wanted delay of the next attempt. */
  public static Optional<Duration> delay(Throwable each) {
    return isA(each, APPLICATION_FAILURE)
            && !isPermanent(each)
            && ask(each, "getNextRetryDelay") instanceof Duration delay
            && !delay.isNegative()
        ? Optional.of(delay)
        : Optional.empty();
  }

  /** Returns whether another attempt would be useless. */
  public static boolean isPermanent(Throwable each) {
    return isA(each, APPLICATION_FAILURE) && Boolean.TRUE.equals(ask(each, "isNonRetryable"));
  }

  private static boolean isA(Throwable each, String name) {
    for (Class<?> type = each.getClass(); type != null; type = type.getSuperclass()) {
      if (type.getName().equals(name)) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable Object ask(@Nullable Object object, String method) {
    try {
      return object == null ? null : object.getClass().getMethod(method).invoke(object);
    } catch (ReflectiveOperationException | RuntimeException | Error notToBeAsked) {
      return null;
    }
  }

  private static @Nullable Object askFor(@Nullable Object object, String method, String argument) {
    try {
      return object == null
          ? null
          : object.getClass().getMethod(method, String.class).invoke(object, argument);
    } catch (ReflectiveOperationException | RuntimeException | Error notToBeAsked) {
      return null;
    }
  }

  private KnownExceptions() {}
}
