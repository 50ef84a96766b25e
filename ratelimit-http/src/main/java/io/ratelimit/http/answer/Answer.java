package io.ratelimit.http.answer;

import static java.util.Objects.requireNonNull;

import io.ratelimit.http.quota.RemoteQuota;
import java.net.http.HttpHeaders;
import java.time.Instant;

/**
 * What an API answered. Immutable; its text shows neither headers nor body, which may be secret.
 *
 * @param status of HTTP
 * @param headers as they came
 * @param body its beginning
 * @param quota what the header fields say of the API's quota
 * @param sentAt when it was asked
 * @param answeredAt when the answer was there
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
