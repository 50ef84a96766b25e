package io.ratelimit.http.answer;

import java.util.Optional;

/**
 * Decides what an answer means. A pure function of status, headers and body; thread-safe. If it
 * throws, the attempt fails and is retried.
 */
@FunctionalInterface
public interface AnswerClassifier {

  /** Returns what an answer means; empty if other classifiers should decide. */
  Optional<Verdict> classify(Answer answer);

  /** Returns a classifier that asks another one if this one does not decide. */
  default AnswerClassifier orElse(AnswerClassifier next) {
    return answer -> classify(answer).or(() -> next.classify(answer));
  }

  /**
   * Returns the classifier for standard HTTP: it decides by the status and by {@code Retry-After},
   * which it respects with any status. It always decides.
   *
   * <ul>
   *   <li>2xx is done.
   *   <li>429 and 418 pause everyone, for as long as {@code Retry-After} says, otherwise until the
   *       quota is reset.
   *   <li>403 with {@code Retry-After}, or if nothing is left of a quota, does the same; any other
   *       403 is {@linkplain Verdict.Refuse refused}, and so is a redirect.
   *   <li>503 and redirects with {@code Retry-After} pause everyone for that time.
   *   <li>401 and 407 pause everyone, because the token is wrong for every event.
   *   <li>Any other 5xx, 408 and 425 mean another attempt; so does every other status with {@code
   *       Retry-After}, after that time.
   *   <li>Any other answer fails the event.
   * </ul>
   */
  static AnswerClassifier byStatus() {
    return answer -> Optional.of(StatusRules.on(answer));
  }
}
