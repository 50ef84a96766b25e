package io.ratelimit.http.answer;

import io.ratelimit.http.quota.RemoteQuota;
import java.time.Instant;

/**
 * What an API answered.
 *
 * @param status of HTTP
 * @param quota what the header fields say
 * @param sentAt when it was asked
 * @param answeredAt when the answer was there
 */
public record Answer(int status, RemoteQuota quota, Instant sentAt, Instant answeredAt) {

  /** Whether it was refused because there were too many requests, rather than for what it was. */
  public boolean isThrottled() {
    return status == Statuses.TOO_MANY_REQUESTS || status == Statuses.BANNED;
  }
}
