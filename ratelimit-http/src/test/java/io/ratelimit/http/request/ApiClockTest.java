package io.ratelimit.http.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.http.SetTime;
import io.ratelimit.http.answer.Answers;
import io.ratelimit.http.answer.Verdict;
import io.ratelimit.http.profile.ApiProfile;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ApiClockTest {

  private static final DateTimeFormatter HTTP =
      DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);

  private static void answer(
      ApiClock clock, Instant sentAt, Instant answeredAt, Instant theirs, String... further) {
    String[] lines = java.util.Arrays.copyOf(further, further.length + 1);
    lines[further.length] = "Date: " + HTTP.format(theirs);
    clock.answered(
        Answers.at(ApiProfile.standard(), sentAt, answeredAt, 200, "", lines), Verdict.done());
  }

  /** Whatever the delays, the time is never off by more than a second and the time of a call. */
  @Property(tries = 200)
  void itFindsTheDifference(
      @ForAll @IntRange(min = -86_400_000, max = 86_400_000) int differenceMillis,
      @ForAll @Size(min = 1, max = 8)
          java.util.List<@net.jqwik.api.From("callMillis") Integer> calls) {
    SetTime time = new SetTime();
    ApiClock clock = ApiClock.of(time);
    Duration difference = Duration.ofMillis(differenceMillis);
    int shortest = Integer.MAX_VALUE;
    for (int call : calls) {
      Instant sentAt = time.now();
      time.advance(Duration.ofMillis(call / 2));
      Instant theirs = time.now().plus(difference);
      time.advance(Duration.ofMillis(call - call / 2));
      answer(clock, sentAt, time.now(), theirs);
      shortest = Math.min(shortest, call);
      assertThat(Duration.between(time.now().plus(difference), clock.now()).abs())
          .isLessThanOrEqualTo(Duration.ofMillis(1_000 + shortest));
      time.advance(Duration.ofMillis(337));
    }
  }

  @net.jqwik.api.Provide
  net.jqwik.api.Arbitrary<Integer> callMillis() {
    return net.jqwik.api.Arbitraries.integers().between(0, 3_000);
  }

  @Test
  void aClockThatIsRightIsBelieved() {
    SetTime time = new SetTime();
    ApiClock clock = ApiClock.of(time);
    answer(clock, time.now(), time.now().plusMillis(20), time.now().plusMillis(10));

    assertThat(clock.offset()).isZero();
    assertThat(clock.now()).isEqualTo(time.now());
  }

  @Test
  void aClockThatWasSetBeginsAnew() {
    SetTime time = new SetTime();
    ApiClock clock = ApiClock.of(time);
    clock.observe(time.now().plusSeconds(90), Duration.ZERO, time.now(), time.now());
    assertThat(clock.offset()).isEqualTo(Duration.ofSeconds(90));
    clock.observe(time.now().minusSeconds(5), Duration.ZERO, time.now(), time.now());

    assertThat(clock.offset()).isEqualTo(Duration.ofSeconds(-5));
  }

  @Test
  void whatACacheKeptOrNobodyCanReadIsNotBelieved() {
    SetTime time = new SetTime();
    ApiClock clock = ApiClock.of(time);
    answer(clock, time.now(), time.now(), time.now().plusSeconds(90), "Age: 0");
    clock.answered(Answers.of(ApiProfile.standard(), 200, "", "Date: yesterday"), Verdict.done());

    assertThat(clock.offset()).isZero();
  }

  @Test
  void everyNonceIsLargerThanTheOneBefore() {
    SetTime time = new SetTime();
    ApiClock clock = ApiClock.of(time);
    long first = clock.nonce();
    long second = clock.nonce();
    clock.observe(time.now().minusSeconds(90), Duration.ZERO, time.now(), time.now());
    long third = clock.nonce();
    time.advance(Duration.ofHours(1));

    assertThat(first).isEqualTo(time.now().minus(Duration.ofHours(1)).toEpochMilli());
    assertThat(second).isEqualTo(first + 1);
    assertThat(third).isEqualTo(first + 2);
    assertThat(clock.nonce()).isGreaterThan(first + 3_000_000);
  }

  /** The example that RFC 4231 calls test case 2. */
  @Test
  void signaturesAreThoseOfTheStandard() {
    String message = "what do ya want for nothing?";
    assertThat(Hmac.sha256("Jefe").hex(message))
        .isEqualTo("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    byte[] key = "Jefe".getBytes(StandardCharsets.UTF_8);
    assertThat(Hmac.sha384(key).hex(message)).startsWith("af45d2e376484031");
    assertThat(Hmac.sha512(key).hex(message)).startsWith("164b7a7bfcf819e2");
    assertThat(Hmac.sha256(key).base64(message)).startsWith("W9zBRr9gdU5qBCQmCJV1");
    assertThat(Hmac.sha256("Jefe")).hasToString("HmacSHA256");
    assertThatThrownBy(() -> Hmac.sha256("")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aRequestThatCannotBeSentIsRefusedWithoutItsSecret() {
    ApiRequest request =
        ApiRequest.of("POST", URI.create("http://host/a%20b?x=1"), Map.of("a", "1"), new byte[0]);

    assertThatThrownBy(() -> request.withHeader("X-Key", "s3cr3t\r\nEvil: 1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("X-Key")
        .hasMessageNotContaining("s3cr3t");
    assertThatThrownBy(() -> request.withHeader("X Key", "1")).hasMessageContaining("\"X Key\"");
    assertThat(request.withHeader("A", "2").headers()).isEqualTo(Map.of("A", "2"));
    assertThat(request.withQuery("s", "s3cr3t")).hasToString("POST /a%20b");
    assertThat(request.query()).isEqualTo("x=1");
    assertThat(request.withQuery("y", "é").uri()).hasToString("http://host/a%20b?x=1&y=%C3%A9");
  }
}
