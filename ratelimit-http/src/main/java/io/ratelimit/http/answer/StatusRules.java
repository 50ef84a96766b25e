package io.ratelimit.http.answer;

import java.time.Duration;
import java.util.Optional;

/** The meaning of an answer according to HTTP itself. */
final class StatusRules {

  private static final String TOKEN_REFUSED =
      "the token is not accepted, and would be refused for every event";
  private static final String NOT_FOLLOWED =
      "redirects are not followed, because the token would go along";

  static Verdict on(Answer answer) {
    int status = answer.status();
    Optional<Duration> retryAfter = answer.quota().retryAfter();
    if (Statuses.isSuccess(status)) {
      return Verdict.done();
    }
    if (Statuses.isRedirect(status)) {
      return retryAfter.isPresent()
          ? Verdict.pause(Verdict.Cause.UNAVAILABLE, retryAfter, "")
          : new Verdict.Refuse(NOT_FOLLOWED);
    }
    return switch (status) {
      case Statuses.TOO_MANY_REQUESTS ->
          Verdict.pause(Verdict.Cause.TOO_FAST, answer.quota().comeBackAfter(), "");
      case Statuses.BANNED ->
          Verdict.pause(Verdict.Cause.BANNED, answer.quota().comeBackAfter(), "");
      case Statuses.FORBIDDEN ->
          answer.quota().comeBackAfter().isPresent()
              ? Verdict.pause(Verdict.Cause.TOO_FAST, answer.quota().comeBackAfter(), "")
              : new Verdict.Refuse("");
      case Statuses.UNAUTHORIZED, Statuses.PROXY_AUTHENTICATION_REQUIRED ->
          Verdict.pause(Verdict.Cause.NOT_ADMITTED, retryAfter, TOKEN_REFUSED);
      default ->
          status == Statuses.SERVICE_UNAVAILABLE && retryAfter.isPresent()
              ? Verdict.pause(Verdict.Cause.UNAVAILABLE, retryAfter, "")
              : onOther(status, retryAfter);
    };
  }

  private static Verdict onOther(int status, Optional<Duration> retryAfter) {
    boolean passing =
        Statuses.isServersFault(status)
            || status == Statuses.REQUEST_TIMEOUT
            || status == Statuses.TOO_EARLY;
    return passing || retryAfter.isPresent() ? new Verdict.Retry(retryAfter, "") : Verdict.fail("");
  }

  private StatusRules() {}
}
