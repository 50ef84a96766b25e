package io.ratelimit.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.PauseEveryoneException;
import io.ratelimit.core.handler.PermanentFailureException;
import io.ratelimit.core.handler.RetryAfterException;
import io.ratelimit.http.answer.AttemptFailedException;
import io.ratelimit.http.internal.call.Excerpt;
import io.ratelimit.http.quota.RemoteQuota;
import java.time.Duration;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/** Laws that hold whatever an API sends. */
class AnswerProperties {

  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final AuditEvent EVENT = AuditEvent.of("e", EventType.of("T"), "w");

  @Provide
  Arbitrary<byte[]> bodies() {
    return Arbitraries.bytes().array(byte[].class).ofMaxSize(400);
  }

  @Property
  void anExcerptIsShortAndOnOneLine(@ForAll("bodies") byte[] body) {
    String excerpt = Excerpt.of(body, java.util.Optional.empty());

    assertThat(excerpt.codePointCount(0, excerpt.length())).isLessThanOrEqualTo(200 * 8 + 1);
    assertThat(excerpt.chars()).noneMatch(Character::isISOControl);
  }

  @Provide
  Arbitrary<String> answers() {
    Arbitrary<String> versions = Arbitraries.of("HTTP/1.1 ", "HTTP/1.0 ", "HTTP/9 ", "", "\0");
    Arbitrary<String> statuses =
        Arbitraries.oneOf(
            Arbitraries.integers().between(100, 599).map(String::valueOf),
            Arbitraries.of("200", "429", "503", "0", "-1", "1000", "9999999999", "2OO", ""));
    Arbitrary<String> values =
        Arbitraries.oneOf(
            Arbitraries.longs().map(String::valueOf),
            Arbitraries.of("", "0", "NaN", "1e400", "9".repeat(100), "chunked", "gzip"),
            Arbitraries.strings().withCharRange(' ', '\u00ff').ofMaxLength(20));
    Arbitrary<String> fields =
        Combinators.combine(
                Arbitraries.of(
                    "Retry-After: ",
                    "RateLimit: ",
                    "X-RateLimit-Reset: ",
                    "Date: ",
                    "Content-Length: ",
                    "Transfer-Encoding: ",
                    "Location: ",
                    "WWW-Authenticate: ",
                    "no colon ",
                    ": ",
                    " folded"),
                values)
            .as(String::concat);
    return Combinators.combine(
            versions,
            statuses,
            fields.list().ofMaxSize(4),
            Arbitraries.strings().withCharRange('\0', '\u00ff').ofMaxLength(60))
        .as(
            (version, status, lines, body) ->
                version + status + " X\r\n" + String.join("\r\n", lines) + "\r\n\r\n" + body);
  }

  /** Any answer means a done event, a failed attempt or a pause; and the call ends. */
  @Property(tries = 150, shrinking = ShrinkingMode.OFF)
  void whateverIsAnsweredMeansSomething(@ForAll("answers") String answer) throws Exception {
    try (RawServer server = RawServer.start((out, in) -> out.write(answer.getBytes(ISO_8859_1)))) {
      HttpAuditHandler handler =
          HttpAuditHandler.builder(server.uri()).requestTimeout(PATIENCE).build();
      try {
        handler.handle(EVENT);
      } catch (AttemptFailedException | PermanentFailureException | RetryAfterException told) {
        assertThat(told).hasMessageContaining("POST /wallets/w/T");
      } catch (PauseEveryoneException pause) {
        assertThat(pause.pause()).isBetween(Duration.ofNanos(1), RemoteQuota.LONGEST);
      }
    }
  }
}
