package io.ratelimit.http.answer;

import com.fasterxml.jackson.core.JsonPointer;
import java.util.List;
import java.util.function.Predicate;

/**
 * Conditions on answers. Import them statically and combine them with {@code and} and {@code or}.
 */
public final class Conditions {

  /** Returns the condition that an answer has one of these statuses. */
  public static Predicate<Answer> status(Integer... statuses) {
    List<Integer> wanted = List.of(statuses);
    return answer -> wanted.contains(answer.status());
  }

  /** Returns the condition that an answer has a header field, whatever its value. */
  public static Predicate<Answer> header(String name) {
    return answer -> answer.headers().firstValue(name).isPresent();
  }

  /**
   * Returns the condition that the text, number or boolean at a place in the body, written as in
   * JSON, is one of these.
   *
   * @param pointer a JSON pointer (RFC 6901), like {@code /code}
   * @throws IllegalArgumentException if it is not one
   */
  public static Predicate<Answer> json(String pointer, String... values) {
    String place = checked(pointer);
    List<String> wanted = List.of(values);
    return answer -> answer.body().at(place).filter(wanted::contains).isPresent();
  }

  /**
   * Returns the condition that what is at a place in the body begins with one of these.
   *
   * @param pointer a JSON pointer (RFC 6901), like {@code /error/0}
   * @throws IllegalArgumentException if it is not one
   */
  public static Predicate<Answer> jsonBegins(String pointer, String... beginnings) {
    String place = checked(pointer);
    List<String> wanted = List.of(beginnings);
    return answer ->
        answer
            .body()
            .at(place)
            .filter(text -> wanted.stream().anyMatch(text::startsWith))
            .isPresent();
  }

  /**
   * Returns the condition that there is a text, a number or a boolean at a place in the body.
   *
   * @param pointer a JSON pointer (RFC 6901)
   * @throws IllegalArgumentException if it is not one
   */
  public static Predicate<Answer> jsonHas(String pointer) {
    String place = checked(pointer);
    return answer -> answer.body().at(place).isPresent();
  }

  /**
   * Returns the condition that a text is anywhere in the body. What users wrote may be in there
   * too, so the other conditions are better where the API has codes.
   */
  public static Predicate<Answer> text(String part) {
    return answer -> answer.body().text().contains(part);
  }

  private static String checked(String pointer) {
    return JsonPointer.compile(pointer).toString();
  }

  private Conditions() {}
}
