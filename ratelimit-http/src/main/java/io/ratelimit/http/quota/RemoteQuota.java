package io.ratelimit.http.quota;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What an answer says about the API's quota. Whatever the fields hold, reading them never throws:
 * what is malformed is as if it were not there, and a time beyond {@link #LONGEST} counts as that.
 *
 * <p>Understood are {@code Retry-After}; {@code RateLimit} and {@code RateLimit-Policy} of the IETF
 * draft, in the forms of its revisions 3 to 11; {@code RateLimit-Limit}, {@code -Remaining} and
 * {@code -Reset} of the older ones, and the same with {@code X-} in front; {@code
 * X-RateLimit-Reset-After}; {@code X-Rate-Limit-…}; {@code X-RateLimit-Requests-…}; {@code
 * X-Bapi-Limit-…}; {@code gw-ratelimit-…}. An API with other fields has a {@link QuotaReader}.
 * Immutable.
 *
 * @param retryAfter how long from now no request is wanted
 * @param policies how many requests are allowed in which time
 * @param remaining how many requests are left, and until when
 */
public record RemoteQuota(
    Optional<Duration> retryAfter, List<Policy> policies, List<Remaining> remaining) {

  /** The longest time that is believed. Exchanges are known to ban for up to three days. */
  public static final Duration LONGEST = Duration.ofDays(7);

  /** An answer that says nothing. */
  public static final RemoteQuota NONE = new RemoteQuota(Optional.empty(), List.of(), List.of());

  /**
   * So many requests in any such time.
   *
   * @param name what the API calls it; may be empty
   * @param requests 1 or more
   * @param window more than zero
   */
  public record Policy(String name, long requests, Duration window) {}

  /**
   * So many requests for now.
   *
   * @param name which policy's they are; may be empty
   * @param requests 0 or more
   * @param reset for how long from now they must do, if that is known
   */
  public record Remaining(String name, long requests, Optional<Duration> reset) {}

  /** Copies the lists. */
  public RemoteQuota {
    policies = List.copyOf(policies);
    remaining = List.copyOf(remaining);
  }

  /**
   * Reads the header fields of an answer.
   *
   * @param now when it came; used only where it has no {@code Date} of its own
   */
  public static RemoteQuota of(HttpHeaders headers, Instant now) {
    Instant sentAt = HttpDates.sentAt(headers, now);
    Optional<Duration> retryAfter =
        headers.allValues("Retry-After").stream()
            .flatMap(value -> ResetTimes.retryAfter(value, sentAt).stream())
            .max(Duration::compareTo);
    if (isFromCache(headers)) {
      return new RemoteQuota(retryAfter, List.of(), List.of());
    }
    List<Policy> policies = new ArrayList<>(StructuredQuota.policies(headers));
    List<Remaining> remaining = new ArrayList<>(StructuredQuota.remaining(headers));
    for (String limit : Dialects.LIMITS) {
      policies.addAll(StructuredQuota.policies(headers.allValues(limit)));
    }
    for (QuotaFields fields : Dialects.FIELDS) {
      remaining.addAll(fields.read(headers, now).remaining());
    }
    return new RemoteQuota(retryAfter, policies, remaining);
  }

  /** What a cache kept says nothing about now. */
  static boolean isFromCache(HttpHeaders headers) {
    return headers.firstValue("Age").flatMap(Numbers::whole).filter(age -> age > 0).isPresent();
  }

  /** Returns what this and another say, and of two times to come back after the longer one. */
  public RemoteQuota and(RemoteQuota other) {
    if (other.equals(NONE)) {
      return this;
    }
    return new RemoteQuota(
        Stream.concat(retryAfter.stream(), other.retryAfter.stream()).max(Duration::compareTo),
        Stream.concat(policies.stream(), other.policies.stream()).toList(),
        Stream.concat(remaining.stream(), other.remaining.stream()).toList());
  }

  /** Returns after which time to ask again: what the API says, else when a quota is reset. */
  public Optional<Duration> comeBackAfter() {
    return retryAfter.or(this::exhaustedFor);
  }

  /** For how long nothing is left, if that is so and known: the longest over all policies. */
  public Optional<Duration> exhaustedFor() {
    return remaining.stream()
        .filter(left -> left.requests() == 0)
        .flatMap(left -> left.reset().stream())
        .filter(reset -> !reset.isZero())
        .max(Duration::compareTo);
  }
}
