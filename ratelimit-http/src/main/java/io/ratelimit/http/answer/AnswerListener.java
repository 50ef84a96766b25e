package io.ratelimit.http.answer;

/** Receives every answer before its event is settled. Must be thread-safe, and must not throw. */
@FunctionalInterface
public interface AnswerListener {

  /**
   * Receives an answer.
   *
   * @param verdict what it means
   */
  void answered(Answer answer, Verdict verdict);

  /** Returns a listener that calls this one and then another. */
  default AnswerListener andThen(AnswerListener next) {
    return (answer, verdict) -> {
      answered(answer, verdict);
      next.answered(answer, verdict);
    };
  }
}
