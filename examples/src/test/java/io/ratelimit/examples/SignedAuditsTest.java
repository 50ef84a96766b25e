package io.ratelimit.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Payload;
import io.ratelimit.core.handler.PauseEveryoneException;
import io.ratelimit.core.time.Time;
import io.ratelimit.http.HttpAuditHandler;
import io.ratelimit.http.answer.AttemptFailedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against an exchange that checks signature and time, and whose clock is an hour ahead of ours. */
class SignedAuditsTest {

  private static final String SECRET = "a-secret";
  private static final Duration BEHIND = Duration.ofHours(1);

  /** What Binance accepts; it allows 5 s by default. */
  private static final Duration WINDOW = Duration.ofSeconds(60);

  private static final Pattern SIGNED =
      Pattern.compile("(wallet=wallet-1&timestamp=(\\d+))&signature=([0-9a-f]{64})");
  private static final AuditEvent EVENT =
      AuditEvent.of("event-1", EventType.BALANCE_CHECK_REQUIRED, "wallet-1")
          .withPayload(Payload.ofText("{\"n\":1}"));

  private final List<Long> timestamps = new CopyOnWriteArrayList<>();
  private HttpServer exchange;

  @BeforeEach
  void start() throws IOException {
    exchange = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    exchange.createContext("/", this::answer);
    exchange.start();
  }

  @AfterEach
  void stop() {
    exchange.stop(0);
  }

  private void answer(HttpExchange request) throws IOException {
    try (request) {
      String body = new String(request.getRequestBody().readAllBytes(), UTF_8);
      String verdict = verdict(request, body);
      byte[] answer = verdict.getBytes(UTF_8);
      request.sendResponseHeaders(verdict.equals("{}") ? 200 : 400, answer.length);
      request.getResponseBody().write(answer);
    }
  }

  private String verdict(HttpExchange request, String body) {
    Matcher signed = SIGNED.matcher(request.getRequestURI().getRawQuery());
    if (!signed.matches() || !signed.group(3).equals(hmac(signed.group(1) + body))) {
      return "{\"code\":-1022,\"msg\":\"Signature for this request is not valid.\"}";
    }
    if (!"a-key".equals(request.getRequestHeaders().getFirst("X-MBX-APIKEY"))) {
      return "{\"code\":-2015,\"msg\":\"Invalid API-key, IP, or permissions for action.\"}";
    }
    long timestamp = Long.parseLong(signed.group(2));
    Duration off = Duration.between(Instant.ofEpochMilli(timestamp), Time.system().now());
    if (off.abs().compareTo(WINDOW) > 0) {
      return "{\"code\":-1021,\"msg\":\"Timestamp for this request is outside of the recvWindow.\"}";
    }
    timestamps.add(timestamp);
    return "{}";
  }

  private static String hmac(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(SECRET.getBytes(UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(text.getBytes(UTF_8)));
    } catch (java.security.GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Our clock, an hour late. */
  private static final class LateTime implements Time {
    @Override
    public Instant now() {
      return Time.system().now().minus(BEHIND);
    }

    @Override
    public void parkUntil(Instant deadline) {
      Time.system().parkUntil(deadline.plus(BEHIND));
    }
  }

  private HttpAuditHandler handler(String key, String secret) {
    URI api = URI.create("http://127.0.0.1:" + exchange.getAddress().getPort());
    return SignedAudits.handler(api, key, secret, new LateTime());
  }

  @Test
  void learnsTheExchangesTimeAndSignsEveryAttemptAnew() throws Exception {
    HttpAuditHandler handler = handler("a-key", SECRET);

    assertThatThrownBy(() -> handler.handle(EVENT))
        .isInstanceOf(AttemptFailedException.class)
        .hasMessageContaining("-1021");
    handler.handle(EVENT);
    handler.handle(EVENT);

    assertThat(timestamps).hasSize(2).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void aKeyThatIsNotAcceptedPausesEveryoneAndShowsNoSecret() {
    HttpAuditHandler handler = handler("another-key", SECRET);

    assertThatThrownBy(() -> handler.handle(EVENT))
        .isInstanceOf(PauseEveryoneException.class)
        .hasMessageContaining("-2015")
        .hasMessageNotContaining(SECRET);
    assertThat(handler.toString()).doesNotContain(SECRET, "another-key");
  }

  @Test
  void aProfileOfOnesOwnHasItsName() {
    assertThat(SignedAudits.acme()).hasToString("Acme");
  }
}
