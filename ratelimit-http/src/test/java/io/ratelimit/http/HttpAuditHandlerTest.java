package io.ratelimit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Payload;
import io.ratelimit.core.handler.PauseEveryoneException;
import io.ratelimit.core.handler.PauseKeyException;
import io.ratelimit.core.handler.PermanentFailureException;
import io.ratelimit.core.handler.RetryAfterException;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.http.answer.Answer;
import io.ratelimit.http.answer.AnswerListener;
import io.ratelimit.http.answer.AttemptFailedException;
import io.ratelimit.http.answer.Conditions;
import io.ratelimit.http.answer.Verdict;
import io.ratelimit.http.profile.ApiProfile;
import io.ratelimit.http.profile.KnownApis;
import io.ratelimit.http.request.ApiToken;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Uses a server with scripted answers. */
@Timeout(60)
class HttpAuditHandlerTest {

  private static final String SECRET = "s3cr3t-0123456789";
  private static final ApiToken TOKEN = ApiToken.from(Map.of("API_TOKEN", SECRET), "API_TOKEN");
  private static final AuditEvent EVENT =
      AuditEvent.of("event-1", EventType.REBALANCE_NEEDED, "wallet-1");

  private static final ApiProfile BANS_KEYS =
      ApiProfile.named("accounts")
          .keyBanned(Conditions.status(400), Duration.ofSeconds(20))
          .build();

  private static HttpAuditHandler.Builder builder(URI uri) {
    return HttpAuditHandler.builder(uri).token(TOKEN);
  }

  private static HttpAuditHandler handler(RawServer server) {
    return builder(server.uri()).build();
  }

  private static RawServer answering(int status, String... furtherLines) throws IOException {
    String[] lines = new String[furtherLines.length + 2];
    lines[0] = "HTTP/1.1 " + status + " x";
    lines[1] = "Connection: close";
    System.arraycopy(furtherLines, 0, lines, 2, furtherLines.length);
    return RawServer.answering(lines);
  }

  private static String[] body(String body, String... fields) {
    List<String> lines = new CopyOnWriteArrayList<>(fields);
    lines.add("Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length);
    lines.add("");
    lines.add(body);
    return lines.toArray(String[]::new);
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 201, 202, 204})
  void successIsDone(int status) throws Exception {
    try (RawServer server = answering(status, body(""))) {
      handler(server).handle(EVENT);

      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void theRequestSaysWhatIsAskedForByWhom() throws Exception {
    try (RawServer server = answering(200, body(""))) {
      HttpAuditHandler handler =
          builder(URI.create(server.uri() + "/v1/"))
              .endpoint(EventType.REBALANCE_NEEDED, "PUT /wallets/{wallet}/rebalance?of={id}")
              .otherwise("POST /audits/{type}/{wallet}")
              .userAgent("auditor/1.0 (ops@example.com)")
              .anyCharacter()
              .build();
      handler.handle(AuditEvent.of("ä/1", EventType.REBALANCE_NEEDED, "../a b?c#d%"));
      handler.handle(
          AuditEvent.of("2", EventType.NEW_BALANCE_UPDATE, "w").withPayload(Payload.ofText("{}")));

      assertThat(server.requests().get(0))
          .startsWith("PUT /v1/wallets/..%2Fa%20b%3Fc%23d%25/rebalance?of=%C3%A4%2F1 HTTP/1.1\n")
          .contains(
              "Authorization: Bearer " + SECRET,
              "User-Agent: auditor/1.0 (ops@example.com)",
              "Idempotency-Key: \"%C3%A4%2F1\"");
      assertThat(server.requests().get(1))
          .startsWith("POST /v1/audits/NEW_BALANCE_UPDATE/w HTTP/1.1\n")
          .contains("Content-Type: application/json", "Content-Length: 2");
    }
  }

  @Test
  void aTokenMayHaveAFieldOfItsOwn() throws Exception {
    try (RawServer server = answering(200, body(""))) {
      HttpAuditHandler.builder(server.uri())
          .token(TOKEN.inHeader("X-API-Key"))
          .build()
          .handle(EVENT);

      assertThat(server.requests().get(0))
          .contains("X-API-Key: " + SECRET + "\n")
          .doesNotContain("Authorization");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {".", ".."})
  void aWalletThatWouldLeadElsewhereIsNotAskedFor(String wallet) throws Exception {
    try (RawServer server = answering(200, body(""))) {
      assertThatThrownBy(
              () -> handler(server).handle(AuditEvent.of("1", EventType.of("T"), wallet)))
          .isInstanceOf(PermanentFailureException.class)
          .hasMessage("wallet id \"" + wallet + "\" cannot be part of a path");
      assertThat(server.requests()).isEmpty();
    }
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          429 | Retry-After: 7                 | X: 1                            | PT7S
          429 | Retry-After: 0                 | X: 1                            | PT1S
          429 | Retry-After: 999999999         | X: 1                            | PT168H
          429 | Retry-After: 7                 | RateLimit: "a";r=0;t=30         | PT7S
          429 | RateLimit: "a";r=0;t=30        | X: 1                            | PT30S
          429 | Retry-After: never             | X: 1                            | PT45S
          429 | X-RateLimit-Remaining: 0       | X-RateLimit-Reset: 12           | PT12S
          418 | Retry-After: 259200            | X: 1                            | PT72H
          418 | X: 1                           | X: 1                            | PT45S
          429 | Retry-After: 4.2               | X: 1                            | PT4.2S
          503 | Retry-After: 20                | X: 1                            | PT20S
          403 | Retry-After: 60                | X: 1                            | PT1M
          403 | X-RateLimit-Remaining: 0       | X-RateLimit-Reset: 12           | PT12S
          302 | Retry-After: 60                | Location: http://127.0.0.1:1/   | PT1M
          401 | Retry-After: 60                | X: 1                            | PT1M
          401 | X: 1                           | X: 1                            | PT5M
          407 | X: 1                           | X: 1                            | PT5M
          """)
  void everyonePauses(int status, String line, String otherLine, Duration expected)
      throws Exception {
    try (RawServer server = answering(status, body("slow down", line, otherLine))) {
      HttpAuditHandler handler =
          builder(server.uri()).pauseWithoutHint(Duration.ofSeconds(45)).build();

      PauseEveryoneException pause =
          catchThrowableOfType(PauseEveryoneException.class, () -> handler.handle(EVENT));

      assertThat(pause.pause()).isEqualTo(expected);
      assertThat(pause)
          .hasMessageStartingWith(
              "POST /wallets/wallet-1/REBALANCE_NEEDED was answered " + status + ": slow down");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 408, 409, 423, 425, 500, 502, 504})
  void whoeverSaysWhenToComeBackIsAskedAgainThen(int status) throws Exception {
    try (RawServer server = answering(status, body("later", "Retry-After: 2.5"))) {
      assertThatThrownBy(() -> handler(server).handle(EVENT))
          .isInstanceOfSatisfying(
              RetryAfterException.class,
              later -> assertThat(later.delay()).isEqualTo(Duration.ofMillis(2_500)))
          .hasMessageContaining("was answered " + status + ": later");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 425, 500, 502, 503, 504, 599})
  void theApisOwnFaultsAreTriedAgain(int status) throws Exception {
    try (RawServer server = answering(status, body("oops"))) {
      assertThatThrownBy(() -> handler(server).handle(EVENT))
          .isInstanceOf(AttemptFailedException.class)
          .hasMessage("POST /wallets/wallet-1/REBALANCE_NEEDED was answered " + status + ": oops");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 409, 410, 422, 451})
  void theEventsOwnFaultsAreFinal(int status) throws Exception {
    try (RawServer server = answering(status, body("no such wallet"))) {
      HttpAuditHandler handler = handler(server);
      for (int i = 0; i < 5; i++) {
        assertThatThrownBy(() -> handler.handle(EVENT))
            .isInstanceOf(PermanentFailureException.class)
            .hasMessage(
                "POST /wallets/wallet-1/REBALANCE_NEEDED was answered "
                    + status
                    + ": no such wallet");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 307, 308, 403})
  void whatIsRefusedThreeTimesInARowPausesEveryone(int status) throws Exception {
    try (RawServer other = answering(200, body(""));
        RawServer server =
            answering(status, body("", "Location: " + other.uri() + "/wallets/wallet-1"))) {
      SetTime time = new SetTime();
      HttpAuditHandler handler = builder(server.uri()).time(time).build();
      for (int round = 0; round < 2; round++) {
        assertThatThrownBy(() -> handler.handle(EVENT))
            .isInstanceOf(PermanentFailureException.class);
        assertThatThrownBy(() -> handler.handle(EVENT))
            .isInstanceOf(PermanentFailureException.class);
        assertThatThrownBy(() -> handler.handle(EVENT))
            .isInstanceOf(PauseEveryoneException.class)
            .hasMessageContaining("probably every event would be");
        time.advance(Duration.ofMinutes(10));
      }

      assertThat(other.requests()).isEmpty();
    }
  }

  @Test
  void whilePausesGoOnOneAsksAtATimeAndTheyGrow() throws Exception {
    SetTime time = new SetTime();
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    AtomicReference<String> status = new AtomicReference<>("418");
    try (RawServer server =
        RawServer.start(
            (out, in) -> {
              if (status.get().equals("200")) {
                asked.countDown();
                answer.await();
              }
              out.write(
                  ("HTTP/1.1 "
                          + status.get()
                          + " x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
                      .getBytes(StandardCharsets.UTF_8));
            })) {
      HttpAuditHandler handler = builder(server.uri()).time(time).build();
      for (int seconds : List.of(30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600)) {
        assertThat(pause(handler)).isEqualTo(Duration.ofSeconds(seconds));
        // Whoever took an event before the pause was in force makes no request.
        assertThat(pause(handler)).isEqualTo(Duration.ofSeconds(seconds));
        time.advance(Duration.ofSeconds(seconds));
      }
      assertThat(server.requests()).hasSize(9);

      status.set("200");
      Thread asking = new Thread(() -> handled(handler));
      asking.start();
      asked.await();
      assertThat(pause(handler)).isEqualTo(Duration.ofSeconds(1));
      assertThat(server.requests()).hasSize(10);
      answer.countDown();
      asking.join();

      handler.handle(EVENT);
      handler.handle(EVENT);
      status.set("418");
      assertThat(pause(handler)).isEqualTo(Duration.ofSeconds(30));
      assertThat(server.requests()).hasSize(13);
    }
  }

  /** With an API that counts per account, a banned account does not hold up the others. */
  @Test
  void whatOneKeyDidPausesThatKeyAlone() throws Exception {
    SetTime time = new SetTime();
    AtomicReference<String> status = new AtomicReference<>("400");
    try (RawServer server =
        RawServer.start(
            (out, in) ->
                out.write(
                    ("HTTP/1.1 "
                            + status.get()
                            + " x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
                        .getBytes(StandardCharsets.UTF_8)))) {
      HttpAuditHandler handler =
          builder(server.uri())
              .profile(BANS_KEYS)
              .key("account", event -> event.attribute("account").orElse(null))
              .time(time)
              .build();
      AuditEvent one = EVENT.withAttribute("account", "one");
      AuditEvent two = EVENT.withAttribute("account", "two");
      for (int seconds : List.of(20, 40, 80)) {
        assertThat(keyPause(handler, one, "one")).isEqualTo(Duration.ofSeconds(seconds));
        // Whoever took an event before the pause was in force makes no request.
        assertThat(keyPause(handler, one, "one")).isEqualTo(Duration.ofSeconds(seconds));
        time.advance(Duration.ofSeconds(seconds));
      }
      assertThat(server.requests()).hasSize(3);
      assertThat(keyPause(handler, one, "one")).isEqualTo(Duration.ofSeconds(160));

      status.set("200");
      handler.handle(two);
      assertThat(server.requests()).hasSize(5);
      assertThat(keyPause(handler, one, "one")).isEqualTo(Duration.ofSeconds(160));
      time.advance(Duration.ofSeconds(160));
      handler.handle(one);
      status.set("400");
      assertThat(keyPause(handler, one, "one")).isEqualTo(Duration.ofSeconds(20));
      assertThat(keyPause(handler, two, "two")).isEqualTo(Duration.ofSeconds(20));
      assertThat(server.requests()).hasSize(8);
    }
  }

  @Test
  void aPauseOfEveryoneAndOneOfAKeyDoNotEndEachOther() throws Exception {
    SetTime time = new SetTime();
    AtomicReference<String> status = new AtomicReference<>("400");
    try (RawServer server =
        RawServer.start(
            (out, in) ->
                out.write(
                    ("HTTP/1.1 "
                            + status.get()
                            + " x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
                        .getBytes(StandardCharsets.UTF_8)))) {
      HttpAuditHandler handler =
          builder(server.uri())
              .profile(BANS_KEYS)
              .key("account", AuditEvent::walletId)
              .time(time)
              .build();
      assertThat(keyPause(handler, EVENT, "wallet-1")).isEqualTo(Duration.ofSeconds(20));
      time.advance(Duration.ofSeconds(20));

      status.set("429");
      assertThat(pause(handler)).isEqualTo(Duration.ofSeconds(30));
      time.advance(Duration.ofSeconds(30));

      status.set("400");
      assertThat(keyPause(handler, EVENT, "wallet-1")).isEqualTo(Duration.ofSeconds(40));
      time.advance(Duration.ofSeconds(40));

      // The answer about the key was an answer, so the pauses of everyone start over.
      status.set("429");
      assertThat(pause(handler)).isEqualTo(Duration.ofSeconds(30));
      assertThat(server.requests()).hasSize(4);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everyonePausesWhereNoKeyIsKnown(boolean withFunction) throws Exception {
    try (RawServer server = answering(400, body(""))) {
      HttpAuditHandler.Builder builder = builder(server.uri()).profile(BANS_KEYS);
      HttpAuditHandler handler =
          (withFunction ? builder.key("account", event -> null) : builder).build();

      assertThat(pause(handler)).isEqualTo(Duration.ofSeconds(20));
    }
  }

  private static Duration keyPause(HttpAuditHandler handler, AuditEvent event, String key) {
    PauseKeyException pause =
        catchThrowableOfType(PauseKeyException.class, () -> handler.handle(event));
    assertThat(pause.key()).isEqualTo(new LimitKey("account", key));
    return pause.pause();
  }

  private static Duration pause(HttpAuditHandler handler) {
    return catchThrowableOfType(PauseEveryoneException.class, () -> handler.handle(EVENT)).pause();
  }

  private static void handled(HttpAuditHandler handler) {
    try {
      handler.handle(EVENT);
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }

  @Test
  void anErrorInTheBodyOfASuccessIsNoSuccess() throws Exception {
    String busy = "{\"error\":[\"EAPI:Rate limit exceeded\"]}";
    try (RawServer server = answering(200, body(busy))) {
      HttpAuditHandler handler = builder(server.uri()).profile(KnownApis.kraken()).build();

      assertThatThrownBy(() -> handler.handle(EVENT))
          .isInstanceOf(PauseEveryoneException.class)
          .hasMessageContaining("was answered 200: " + busy);
    }
  }

  @Test
  void aRuleThatThrowsFailsTheAttemptAndNotTheGate() throws Exception {
    ApiProfile broken =
        ApiProfile.named("broken")
            .rule(
                answer -> {
                  throw new IllegalStateException("on purpose");
                })
            .build();
    try (RawServer server = answering(200, body(""))) {
      HttpAuditHandler handler = builder(server.uri()).profile(broken).build();
      for (int i = 1; i <= 3; i++) {
        assertThatThrownBy(() -> handler.handle(EVENT)).hasMessage("on purpose");
        assertThat(server.requests()).hasSize(i);
      }
    }
  }

  @Test
  void requestsAreSignedLastAndOnceForEachAttempt() throws Exception {
    try (RawServer server = answering(200, body(""))) {
      HttpAuditHandler handler =
          HttpAuditHandler.builder(server.uri())
              .otherwise("POST /audit?wallet={wallet}")
              .signer(
                  request ->
                      request
                          .withHeader(
                              "X-Signed", request.method() + request.path() + request.query())
                          .withQuery("sig n", "a b&c")
                          .withBody("{1}".getBytes(StandardCharsets.UTF_8)))
              .build();
      handler.handle(EVENT);

      assertThat(server.requests().get(0))
          .startsWith("POST /audit?wallet=wallet-1&sig+n=a+b%26c HTTP/1.1\n")
          .contains("X-Signed: POST/auditwallet=wallet-1\n", "Content-Length: 3\n");
    }
  }

  @Test
  void aBodyIsShortEscapedAndWithoutTheToken() throws Exception {
    String evil = SECRET + "\u001b[2J\r\n\tnext \u202e " + "x".repeat(5_000) + SECRET;
    try (RawServer server = answering(400, body(evil))) {
      PermanentFailureException failure =
          catchThrowableOfType(
              PermanentFailureException.class, () -> handler(server).handle(EVENT));

      assertThat(failure.getMessage())
          .contains("400: ***\\u001b[2J next \\u202e xxx")
          .endsWith("x…")
          .hasSizeLessThan(300)
          .doesNotContain(SECRET, "\n", "\u001b");
    }
  }

  @Test
  void aBodyWithoutEndIsNotReadToIt() throws Exception {
    byte[] chunk = ("10000\r\n" + "x".repeat(0x10000) + "\r\n").getBytes(StandardCharsets.UTF_8);
    CountDownLatch hungUp = new CountDownLatch(1);
    try (RawServer server =
        RawServer.start(
            (out, in) -> {
              try {
                out.write(
                    "HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n"
                        .getBytes(StandardCharsets.UTF_8));
                while (true) {
                  out.write(chunk);
                }
              } finally {
                hungUp.countDown();
              }
            })) {
      handler(server).handle(EVENT);

      hungUp.await();
    }
  }

  @Test
  void anAnswerThatBreaksOffIsTriedAgain() throws Exception {
    try (RawServer server = answering(200, "Content-Length: 100", "", "only this")) {
      assertThatThrownBy(() -> handler(server).handle(EVENT))
          .isInstanceOf(AttemptFailedException.class)
          .hasMessageStartingWith("POST /wallets/wallet-1/REBALANCE_NEEDED: ");
    }
  }

  @Test
  void whatIsNotHttpIsTriedAgain() throws Exception {
    try (RawServer server = RawServer.answering("SSH-2.0-OpenSSH", "")) {
      assertThatThrownBy(() -> handler(server).handle(EVENT))
          .isInstanceOf(AttemptFailedException.class);
    }
  }

  @Test
  void aConnectionThatIsRefusedIsTriedAgain() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    HttpAuditHandler handler = builder(URI.create("http://127.0.0.1:" + port)).build();

    assertThatThrownBy(() -> handler.handle(EVENT))
        .isInstanceOf(AttemptFailedException.class)
        .hasMessage("POST /wallets/wallet-1/REBALANCE_NEEDED: cannot connect to 127.0.0.1:" + port);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "HTTP/1.1 200 x\r\nContent-Length: 9\r\n\r\nslow"})
  void anAnswerThatDoesNotEndIsGivenUp(String beginning) throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (RawServer server =
        RawServer.start(
            (out, in) -> {
              out.write(beginning.getBytes(StandardCharsets.UTF_8));
              out.flush();
              never.await();
            })) {
      HttpAuditHandler handler =
          builder(server.uri()).requestTimeout(Duration.ofMillis(200)).build();

      assertThatThrownBy(() -> handler.handle(EVENT))
          .isInstanceOf(AttemptFailedException.class)
          .hasMessage(
              "POST /wallets/wallet-1/REBALANCE_NEEDED was not answered in full within PT0.2S");
      never.countDown();
    }
  }

  @Test
  void itCanBeInterruptedAndHangsUp() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch hungUp = new CountDownLatch(1);
    try (RawServer server =
        RawServer.start(
            (out, in) -> {
              asked.countDown();
              if (in.read() < 0) {
                hungUp.countDown();
              }
            })) {
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      Thread thread =
          new Thread(
              () -> {
                try {
                  handler(server).handle(EVENT);
                } catch (Exception failure) {
                  thrown.set(failure);
                }
              });
      thread.start();
      asked.await();
      thread.interrupt();
      thread.join();

      assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
      hungUp.await();
    }
  }

  @Test
  void aPermitIsOneRequestAlsoOnAConnectionThatWasClosedMeanwhile() throws Exception {
    try (RawServer server =
        RawServer.hangingUpOnTheSecond("HTTP/1.1 200 x", "Content-Length: 0", "", "")) {
      HttpAuditHandler handler = handler(server);
      handler.handle(EVENT);

      assertThatThrownBy(() -> handler.handle(EVENT)).isInstanceOf(AttemptFailedException.class);
      assertThat(server.requests()).hasSize(2);
    }
  }

  @Test
  void everyAnswerIsTold() throws Exception {
    List<Answer> answers = new CopyOnWriteArrayList<>();
    List<Verdict> verdicts = new CopyOnWriteArrayList<>();
    AnswerListener listener =
        ((AnswerListener) (answer, verdict) -> answers.add(answer))
            .andThen((answer, verdict) -> verdicts.add(verdict));
    try (RawServer server = answering(429, body("", "Retry-After: 3"))) {
      assertThatThrownBy(() -> builder(server.uri()).onAnswer(listener).build().handle(EVENT))
          .isInstanceOf(PauseEveryoneException.class);
    }
    assertThat(verdicts)
        .containsExactly(
            Verdict.pause(Verdict.Cause.TOO_FAST, Optional.of(Duration.ofSeconds(3)), ""));
    assertThat(answers.get(0).quota().retryAfter()).contains(Duration.ofSeconds(3));
  }

  @Test
  void theTokenIsInNoText() throws Exception {
    HttpAuditHandler handler = builder(URI.create("http://127.0.0.1:1")).build();

    assertThat(TOKEN).hasToString("token from API_TOKEN");
    assertThat(handler).hasToString("audits over http://127.0.0.1:1, token from API_TOKEN");
    Throwable failure = catchThrowableOfType(IOException.class, () -> handler.handle(EVENT));
    for (Throwable each = failure; each != null; each = each.getCause()) {
      assertThat(each.toString()).doesNotContain(SECRET);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "two words", "line\nend", "café"})
  void aTokenThatCannotBeSentIsRefusedWithoutBeingShown(String secret) {
    assertThatThrownBy(() -> ApiToken.from(Map.of("NAME", secret), "NAME"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the environment variable NAME must hold")
        .satisfies(
            refusal -> {
              if (!secret.isBlank()) {
                assertThat(refusal.getMessage()).doesNotContain(secret);
              }
            });
    assertThatThrownBy(() -> TOKEN.inHeader("Bad Name")).hasMessageContaining("\"Bad Name\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://host",
        "host",
        "http:///path",
        "http://host?key=s3cr3t",
        "http://host#part",
        "http://user:s3cr3t@host"
      })
  void aBaseOfAnotherFormIsRefusedWithoutItsSecrets(String uri) {
    assertThatThrownBy(() -> HttpAuditHandler.builder(URI.create(uri)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the API's URI must")
        .hasMessageNotContaining("s3cr3t");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/x", "post /x", "POST x", "POST /a b", "POST /{walet}", "POST /%zz"})
  void anEndpointOfAnotherFormIsRefused(String call) {
    assertThatThrownBy(() -> builder(URI.create("http://host")).otherwise(call))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("but is \"" + call + "\"");
  }

  @Test
  void timesMustBeMoreThanZeroAndNamesBeNames() {
    HttpAuditHandler.Builder builder = builder(URI.create("http://host"));
    assertThatThrownBy(() -> builder.requestTimeout(Duration.ZERO))
        .hasMessage("request timeout must be more than zero but is PT0S");
    assertThatThrownBy(() -> builder.connectTimeout(Duration.ofSeconds(-1)))
        .hasMessage("connect timeout must be more than zero but is PT-1S");
    assertThatThrownBy(() -> builder.pauseWithoutHint(Duration.ZERO))
        .hasMessage("pause without hint must be more than zero but is PT0S");
    assertThatThrownBy(() -> builder.key(" ", AuditEvent::walletId))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the name of a limit");
    assertThatThrownBy(() -> ApiProfile.named("a").keyTooFast(answer -> true, Duration.ZERO))
        .hasMessage("pause must be more than zero but is PT0S");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a/b",
        "a\\b",
        "..",
        "../admin",
        "a..b",
        "%2e%2e",
        "%2E%2e%2fadmin",
        "%252f",
        "%25252F",
        "%5c"
      })
  void anIdThatLeadsElsewhereIsRefusedUnlessAllowed(String wallet) throws Exception {
    AuditEvent event = AuditEvent.of("event-1", EventType.REBALANCE_NEEDED, wallet);
    try (RawServer server = answering(200, body(""))) {
      assertThatThrownBy(() -> handler(server).handle(event))
          .isInstanceOf(PermanentFailureException.class)
          .hasMessageContaining("wallet id \"" + wallet + "\" cannot be part of a path");
      assertThat(server.requests()).isEmpty();

      if (!wallet.equals("..")) {
        builder(server.uri()).anyCharacter().build().handle(event);
        assertThat(server.requests()).hasSize(1);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"wallet.1", "50%", "a%20b", "ä", "a:b", "x."})
  void anIdThatOnlyLooksOddIsEncoded(String wallet) throws Exception {
    try (RawServer server = answering(200, body(""))) {
      handler(server).handle(AuditEvent.of("event-1", EventType.REBALANCE_NEEDED, wallet));
      assertThat(server.requests()).hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "http://api.example.com, false",
    "http://10.0.0.1:8080/v1, false",
    "http://127.0.0.1.example.com, false",
    "http://localhost.example.com, false",
    "https://api.example.com, true",
    "HTTPS://api.example.com, true",
    "http://localhost:8080, true",
    "http://127.0.0.1:8080, true",
    "http://[::1]:8080, true"
  })
  void aTokenIsNotSentForAllToReadUnlessInsistedOn(URI uri, boolean allowed) {
    if (allowed) {
      assertThat(builder(uri).build()).isNotNull();
    } else {
      assertThatThrownBy(() -> builder(uri).build())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("use https")
          .hasMessageNotContaining(SECRET);
      assertThat(builder(uri).tokenOverPlainHttp().build()).isNotNull();
    }
    assertThat(HttpAuditHandler.builder(uri).build()).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({"X-Used: 17, 17", "x-used: 99999999999, 1000000", "X-Used: many, -1", "Other: 5, -1"})
  void whatAnApiCountsAsUsedIsToldToTheQueue(String field, int used) throws Exception {
    try (RawServer server = answering(200, body("", field))) {
      HttpAuditHandler handler =
          builder(server.uri())
              .profile(ApiProfile.standard().withUsage("weight", "X-Used", Duration.ofMinutes(1)))
              .build();
      RateLimit limit = RateLimit.of(100).per(Duration.ofMinutes(1)).withBurst(100);
      try (EventQueue queue =
              InMemoryEventQueue.builder(limit)
                  .limits(
                      Limits.builder().limit("weight", RateLimit.of(1_000_000).perMinute()).build())
                  .build();
          AuditEngine engine = AuditEngine.builder(queue).handler(handler).workers(1, 1).build()) {
        queue.publish(EVENT);

        engine.runRound();

        assertThat(queue.namedLimitControl().key(new LimitKey("weight", "")).orElseThrow().held())
            .containsExactly((long) Math.max(1, used));
      }
    }
  }
}
