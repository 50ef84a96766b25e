package io.ratelimit.http.quota;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The quota information of an answer. Reading never throws, whatever the fields hold: a malformed
 * value is ignored, and a time beyond {@link #LONGEST} counts as that.
 *
 * <p>Understood are {@code Retry-After}; {@code RateLimit} and {@code RateLimit-Policy} of the IETF
 * draft, in the forms of its revisions 3 to 11; {@code RateLimit-Limit}, {@code -Remaining} and
 * {@code -Reset} of the older ones, and the same with {@code X-} in front; {@code
 * X-RateLimit-Reset-After}; {@code X-Rate-Limit-…}; {@code X-RateLimit-Requests-…}; {@code
 * X-Bapi-Limit-…}; {@code gw-ratelimit-…}. An API with other fields has a {@link QuotaReader}.
 * Immutable.
 *
 * @param retryAfter how long from now the API wants no requests
 * @param policies how many requests are allowed per time
 * @param remaining how many requests are left, and until when
 */
public record RemoteQuota(
    Optional<Duration> retryAfter, List<Policy> policies, List<Remaining> remaining) {

  /** The longest time that is accepted. Exchanges are known to ban for up to three days. */
  public static final Duration LONGEST = Duration.ofDays(7);

  /** An answer that says nothing. */
  public static final RemoteQuota NONE = new RemoteQuota(Optional.empty(), List.of(), List.of());

  /**
   * A number of requests per time.
   *
   * @param name what the API calls it; may be empty
   * @param requests 1 or more
   * @param window more than zero
   */
  public record Policy(String name, long requests, Duration window) {}

  /**
   * The requests that are left for now.
   *
   * @param name which policy's they are; may be empty
   * @param requests 0 or more
   * @param reset how long from now they must last, if known
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
   * @param now when it arrived; used only where it has no {@code Date} of its own
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

  /** Returns whether the answer comes from a cache, so it says nothing about now. */
  static boolean isFromCache(HttpHeaders headers) {
    return headers.firstValue("Age").flatMap(Numbers::whole).filter(age -> age > 0).isPresent();
  }

  /** Returns the combination of this and another one, with the longer of two times to wait. */
  public RemoteQuota and(RemoteQuota other) {
    if (other.equals(NONE)) {
      return this;
    }
    return new RemoteQuota(
        Stream.concat(retryAfter.stream(), other.retryAfter.stream()).max(Duration::compareTo),
        Stream.concat(policies.stream(), other.policies.stream()).toList(),
        Stream.concat(remaining.stream(), other.remaining.stream()).toList());
  }

  /**
   * Returns how long to wait before the next request: what the API says, otherwise until a quota is
   * reset.
   */
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
