package io.ratelimit.http.answer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.http.profile.ApiProfile;
import io.ratelimit.http.profile.KnownApis;
import java.time.Duration;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerBodyTest {

  private static AnswerBody body(String text) {
    return AnswerBody.of(text.getBytes(UTF_8));
  }

  @ParameterizedTest(name = "{1} of {0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"code":-1003}             | /code    | -1003
          {"code":"0"}               | /code    | 0
          {"ok":false}               | /ok      | false
          {"a":{"b":[1,[2,"x"]]}}    | /a/b/1/1 | x
          ["error",11010]            | /1       | 11010
          {"a/b":{"~":3}}            | /a~1b/~0 | 3
          {"n":1,"n":2}              | /n       | 1
          {"x":{"code":1},"code":2}  | /code    | 2
          "text"                     | ``       | text
          {"code":5,"cut":[          | /code    | 5
          {"code":5} and more        | /code    | 5
          """)
  void aPlaceInJsonIsFound(String json, String pointer, String expected) {
    assertThat(body(json).at(pointer)).contains(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"code":null}      | /code
          {"code":{}}        | /code
          {"code":[1]}       | /code
          {"other":1}        | /code
          {"cut":"and so     | /cut
          <html>code</html>  | /code
          ``                 | /code
          {"code":NaN}       | /code
          [1]                | /1
          """)
  void whatIsNotThereIsEmpty(String json, String pointer) {
    assertThat(body(json).at(pointer)).isEmpty();
  }

  @Test
  void whatLiesBehindTheEndIsNotThere() {
    String long1 = "{\"pad\":\"" + "x".repeat(AnswerBody.LONGEST) + "\",\"code\":1}";

    assertThat(body(long1).at("/code")).isEmpty();
    assertThat(body(long1).text()).hasSize(AnswerBody.LONGEST);
    assertThat(body("[".repeat(AnswerBody.LONGEST)).at("/0/0")).isEmpty();
  }

  @Test
  void aPointerThatIsNoneIsRefusedWhenTheRuleIsMade() {
    assertThatThrownBy(() -> Conditions.json("code", "1"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> body("{}").at("code")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anAnswersTextShowsNothingOfIt() {
    Answer answer = Answers.of(ApiProfile.standard(), 200, "s3cr3t", "Set-Cookie: s3cr3t");

    assertThat(answer.toString()).contains("200").doesNotContain("s3cr3t");
  }

  @Provide
  Arbitrary<String> hostile() {
    return Arbitraries.oneOf(
        Arbitraries.strings().ofMaxLength(60),
        Arbitraries.strings().withChars("{}[]\":,\\u0019-eE.nulltrue \u0000").ofMaxLength(60),
        Combinators.combine(
                Arbitraries.of("code", "retCode", "error", "msg", "errors"),
                Arbitraries.of("1e999999999", "-0", "NaN", "9".repeat(2_000), "[[[[", "\"\\ud800\"")
                    .list()
                    .ofMaxSize(3))
            .as((name, values) -> "{\"" + name + "\":" + String.join(",", values) + "}"),
        Arbitraries.longs()
            .map(until -> "{\"code\":-1003,\"msg\":\"IP banned until " + until + "\"}"),
        Arbitraries.longs().map(until -> "{\"error\":[\"EService:Throttled: " + until + "\"]}"));
  }

  /** Every profile decides about everything, and no pause is out of range. */
  @Property(tries = 400)
  void whateverABodyHoldsItMeansSomething(
      @ForAll("hostile") String body,
      @ForAll("statuses") int status,
      @ForAll("names") String name) {
    ApiProfile profile = KnownApis.named(name).orElseThrow();
    Verdict verdict = profile.classify(Answers.of(profile, status, body));

    Optional<Duration> time =
        verdict instanceof Verdict.Pause pause ? pause.duration() : Optional.empty();
    assertThat(time.stream())
        .allSatisfy(each -> assertThat(each).isBetween(Duration.ZERO, Duration.ofDays(7)));
    if (status >= 400) {
      assertThat(verdict).isNotInstanceOf(Verdict.Done.class);
    }
  }

  @Provide
  Arbitrary<Integer> statuses() {
    return Arbitraries.oneOf(
        Arbitraries.of(200, 204, 301, 401, 403, 418, 429, 503),
        Arbitraries.integers().between(200, 599));
  }

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.of(KnownApis.names());
  }
}
