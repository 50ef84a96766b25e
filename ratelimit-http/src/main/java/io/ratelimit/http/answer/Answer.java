package io.ratelimit.http.answer;

import static java.util.Objects.requireNonNull;

import io.ratelimit.http.quota.RemoteQuota;
import java.net.http.HttpHeaders;
import java.time.Instant;

/**
 * An answer of an API. Immutable; its text shows neither headers nor body, which may be secret.
 *
 * @param status of HTTP
 * @param headers the header fields as received
 * @param body its beginning
 * @param quota what the header fields say of the API's quota
 * @param sentAt when the request was sent
 * @param answeredAt when the answer arrived
 */
public record Answer(
    int status,
    HttpHeaders headers,
    AnswerBody body,
    RemoteQuota quota,
    Instant sentAt,
    Instant answeredAt) {

  /** Creates an answer. */
  public Answer {
    requireNonNull(headers, "headers");
    requireNonNull(body, "body");
    requireNonNull(quota, "quota");
    requireNonNull(sentAt, "sentAt");
    requireNonNull(answeredAt, "answeredAt");
  }

  @Override
  public String toString() {
    return "answer " + status + " at " + answeredAt;
  }
}
