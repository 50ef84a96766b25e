package io.ratelimit.http.quota;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.http.quota.RemoteQuota.Policy;
import io.ratelimit.http.quota.RemoteQuota.Remaining;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Reads a quota from fields that hold one number each, in an API's own dialect. A reset may also be
 * a date, of HTTP or of ISO 8601. Immutable.
 *
 * @param name the name of the quota; may be empty
 * @param remaining the field that says how many requests are left
 * @param resets the fields that may say when they are reset; the first that can be read counts
 * @param form the meaning of a number in these
 */
public record QuotaFields(String name, String remaining, List<String> resets, ResetForm form)
    implements QuotaReader {

  /** Creates a reader. */
  public QuotaFields {
    requireNonNull(name, "name");
    requireNonNull(remaining, "remaining");
    resets = List.copyOf(resets);
    requireNonNull(form, "form");
  }

  /** Returns a reader of a field with the remaining requests and a field with their reset. */
  public static QuotaFields of(String remaining, String reset) {
    return new QuotaFields("", remaining, List.of(reset), ResetForm.SECONDS);
  }

  /** Returns this reader for times in another form. */
  public QuotaFields in(ResetForm newForm) {
    return new QuotaFields(name, remaining, resets, newForm);
  }

  /**
   * Returns a reader of a field that says how much of a given limit is used, in a window that is
   * aligned with the clock, like a clock minute.
   *
   * @param used the field; its number counts what the limit counts
   * @param limit how many requests are allowed in a window: 1 or more
   * @param window more than zero
   * @throws IllegalArgumentException if limit or window is not more than zero
   */
  public static QuotaReader used(String used, int limit, Duration window) {
    Requirements.atLeast("limit", limit, 1);
    Requirements.positive("window", window);
    return (headers, now) -> {
      if (RemoteQuota.isFromCache(headers)) {
        return RemoteQuota.NONE;
      }
      Instant theirs = HttpDates.sentAt(headers, now);
      return headers.allValues(used).stream()
          .flatMap(value -> Numbers.whole(value).stream())
          .max(Comparator.naturalOrder())
          .map(
              number ->
                  new RemoteQuota(
                      Optional.empty(),
                      List.of(new Policy(used, limit, window)),
                      List.of(
                          new Remaining(
                              used,
                              Math.max(0, limit - number),
                              Optional.of(untilNext(window, theirs))))))
          .orElse(RemoteQuota.NONE);
    };
  }

  /**
   * Returns the time until the next window. APIs' dates are whole seconds, so it may be a second
   * less.
   */
  private static Duration untilNext(Duration window, Instant now) {
    long millis = Math.max(1, window.toMillis());
    return Duration.ofMillis(millis - Math.floorMod(now.toEpochMilli(), millis));
  }

  /** Of several values the smallest number and the longest time. */
  @Override
  public RemoteQuota read(HttpHeaders headers, Instant now) {
    if (RemoteQuota.isFromCache(headers)) {
      return RemoteQuota.NONE;
    }
    Instant sentAt = HttpDates.sentAt(headers, now);
    return headers.allValues(remaining).stream()
        .flatMap(value -> Numbers.whole(value).stream())
        .min(Comparator.naturalOrder())
        .map(left -> new Remaining(name, left, reset(headers, sentAt)))
        .map(left -> new RemoteQuota(Optional.empty(), List.of(), List.of(left)))
        .orElse(RemoteQuota.NONE);
  }

  private Optional<Duration> reset(HttpHeaders headers, Instant sentAt) {
    return resets.stream()
        .flatMap(
            field ->
                headers.allValues(field).stream()
                    .flatMap(value -> ResetTimes.reset(value, form, sentAt).stream())
                    .max(Comparator.naturalOrder())
                    .stream())
        .findFirst();
  }
}
