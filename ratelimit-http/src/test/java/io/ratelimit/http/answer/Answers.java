package io.ratelimit.http.answer;

import io.ratelimit.http.profile.ApiProfile;
import io.ratelimit.http.quota.Fields;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;

/** Answers in tests. */
public final class Answers {

  public static final Instant NOW = Instant.parse("2026-01-01T00:00:30Z");

  /** Returns an answer under a profile, from header lines such as {@code Retry-After: 5}. */
  public static Answer of(ApiProfile profile, int status, String body, String... lines) {
    return at(profile, NOW.minus(Duration.ofMillis(100)), NOW, status, body, lines);
  }

  public static Answer at(
      ApiProfile profile,
      Instant sentAt,
      Instant answeredAt,
      int status,
      String body,
      String... lines) {
    HttpHeaders headers = Fields.of(lines);
    return new Answer(
        status,
        headers,
        AnswerBody.of(body.getBytes(StandardCharsets.UTF_8)),
        profile.quota(headers, answeredAt),
        sentAt,
        answeredAt);
  }

  private Answers() {}
}
