package io.ratelimit.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Payload;
import io.ratelimit.core.event.PayloadCodec;
import io.ratelimit.core.event.PayloadException;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.report.RoundReport;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Payloads of a host's own types. */
class JacksonCodecTest {

  /** A host's own type. */
  public record MarginCall(
      String account, BigDecimal amount, Instant at, Optional<Duration> patience) {}

  /** The next version of that type. */
  public record NextMarginCall(
      String account,
      BigDecimal amount,
      Instant at,
      Optional<Duration> patience,
      String currency) {}

  private static final PayloadCodec<MarginCall> MARGIN_CALL = JacksonCodec.of(MarginCall.class);
  private static final MarginCall CALL =
      new MarginCall(
          "account-ä",
          new BigDecimal("12.50"),
          Instant.parse("2026-01-02T03:04:05.678901Z"),
          Optional.of(Duration.ofMillis(1500)));

  @Test
  void aRecordIsReadAsItWasWritten() {
    Payload payload = Payload.of(CALL, MARGIN_CALL);

    assertThat(payload.text())
        .isEqualTo(
            "{\"account\":\"account-ä\",\"amount\":12.50,"
                + "\"at\":\"2026-01-02T03:04:05.678901Z\",\"patience\":\"PT1.5S\"}");
    assertThat(payload.as(MARGIN_CALL)).isEqualTo(CALL);
  }

  @Test
  void anOlderReaderLeavesOutWhatItDoesNotKnow() {
    NextMarginCall next =
        new NextMarginCall(CALL.account(), CALL.amount(), CALL.at(), CALL.patience(), "EUR");

    assertThat(Payload.of(next, JacksonCodec.of(NextMarginCall.class)).as(MARGIN_CALL))
        .isEqualTo(CALL);
  }

  @Test
  void aGenericTypeIsReadByAHostsOwnMapper() {
    PayloadCodec<Map<String, List<Integer>>> codec =
        JacksonCodec.of(new ObjectMapper(), new TypeReference<>() {});

    assertThat(Payload.of(Map.of("a", List.of(1, 2)), codec).as(codec))
        .isEqualTo(Map.of("a", List.of(1, 2)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "secret",
        "{\"account\":{\"secret\":1}}",
        "{\"amount\":\"secret\"}",
        "{\"amount\":1} secret",
        "{\"account\":\"secret"
      })
  void whatIsNoSuchValueIsToldWithoutAWordOfIt(String json) {
    Payload payload = Payload.ofText(json);

    assertThatExceptionOfType(PayloadException.class)
        .isThrownBy(() -> payload.as(MARGIN_CALL))
        .withMessageContaining("payload of " + payload.size() + " bytes is no")
        .withMessageContaining("MarginCall")
        .withMessageNotContaining("secret")
        .withNoCause();
  }

  @Test
  void anEventWhosePayloadCannotBeReadFailsAtOnce() {
    InMemoryEventQueue queue = InMemoryEventQueue.create(RateLimit.of(600).perMinute());
    AuditEvent event = AuditEvent.of("good", EventType.REBALANCE_NEEDED, "w");
    queue.publish(
        List.of(
            event.withPayload(Payload.of(CALL, MARGIN_CALL)),
            AuditEvent.of("bad", EventType.REBALANCE_NEEDED, "w")
                .withPayload(Payload.ofText("secret"))));
    List<MarginCall> read = new CopyOnWriteArrayList<>();

    RoundReport report;
    try (AuditEngine engine =
        AuditEngine.builder(queue)
            .handler(
                one -> {
                  read.add(one.payload().as(MARGIN_CALL));
                })
            .build()) {
      report = engine.runRound();
    }

    assertThat(read).containsExactly(CALL);
    assertThat(report.failed()).isEqualTo(1);
    assertThat(report.attempts()).as("no attempt again").isEqualTo(2);
    assertThat(queue.failedQueue().page(0, 1).get(0).reason())
        .contains("PayloadException", "line 1")
        .doesNotContain("secret");
  }
}
