package io.ratelimit.http.answer;

/** Is told of every answer before its event is settled. Must be thread-safe, and must not throw. */
@FunctionalInterface
public interface AnswerListener {

  /**
   * Hears of an answer.
   *
   * @param verdict what it means
   */
  void answered(Answer answer, Verdict verdict);

  /** Returns a listener that tells this one and then another. */
  default AnswerListener andThen(AnswerListener next) {
    return (answer, verdict) -> {
      answered(answer, verdict);
      next.answered(answer, verdict);
    };
  }
}
