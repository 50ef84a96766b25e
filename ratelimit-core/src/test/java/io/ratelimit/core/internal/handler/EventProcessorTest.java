package io.ratelimit.core.internal.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.handler.AuditEventHandler;
import io.ratelimit.core.handler.PauseEveryoneException;
import io.ratelimit.core.handler.PermanentFailureException;
import io.ratelimit.core.handler.RetryAfterException;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.WantedTypes;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class EventProcessorTest {

  private static final RetryPolicy RETRIES =
      new RetryPolicy(3, Duration.ofSeconds(1), 2, Duration.ofSeconds(3), 0);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static Lease lease(int attempt) {
    return new Lease(
        "token",
        1,
        AuditEvent.of("event", EventType.NEW_BALANCE_UPDATE, "wallet"),
        attempt,
        "worker",
        Instant.EPOCH,
        Instant.EPOCH,
        Instant.EPOCH.plusSeconds(15));
  }

  private static AuditEventHandler throwing(Exception failure) {
    return event -> {
      throw failure;
    };
  }

  static List<Arguments> outcomes() {
    return List.of(
        Arguments.of("success", (AuditEventHandler) event -> {}, 1, new AttemptOutcome.Done()),
        Arguments.of(
            "the first failure",
            throwing(new IOException("away")),
            1,
            new AttemptOutcome.Retry(Duration.ofSeconds(1), "IOException: away")),
        Arguments.of(
            "the delay doubles up to its most",
            throwing(new IOException("away")),
            3,
            new AttemptOutcome.Retry(Duration.ofSeconds(3), "IOException: away")),
        Arguments.of(
            "the retries are used up",
            throwing(new IOException("away")),
            4,
            new AttemptOutcome.Failed("IOException: away")),
        Arguments.of(
            "a failure without a message",
            throwing(new IllegalStateException()),
            4,
            new AttemptOutcome.Failed("IllegalStateException")),
        Arguments.of(
            "the handler names the delay",
            throwing(new RetryAfterException(MINUTE, "busy")),
            1,
            new AttemptOutcome.Retry(MINUTE, "RetryAfterException: busy")),
        Arguments.of(
            "a named delay is a retry like any other",
            throwing(new RetryAfterException(MINUTE, "busy")),
            4,
            new AttemptOutcome.Failed("RetryAfterException: busy")),
        Arguments.of(
            "everybody pauses, however often",
            throwing(new PauseEveryoneException(MINUTE, "429")),
            4,
            new AttemptOutcome.Throttled(MINUTE, "PauseEveryoneException: 429")),
        Arguments.of(
            "no other attempt makes sense",
            throwing(new PermanentFailureException("gone")),
            1,
            new AttemptOutcome.Failed("PermanentFailureException: gone")),
        Arguments.of(
            "broken off", throwing(new InterruptedException()), 1, new AttemptOutcome.Released()),
        Arguments.of(
            "crashed each time before",
            (AuditEventHandler) event -> {},
            5,
            new AttemptOutcome.Failed(
                "given up after 4 attempts of which none was settled in time")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("outcomes")
  void whatAHandlerDoesHasOneMeaning(
      String why, AuditEventHandler handler, int attempt, AttemptOutcome expected) {
    EventProcessor processor =
        EventProcessor.builder().handler(handler).retryPolicy(RETRIES).build();

    assertThat(processor.process(lease(attempt))).isEqualTo(expected);
  }

  @Test
  void aTypesOwnHandlerIsPreferred() {
    EventProcessor processor =
        EventProcessor.builder()
            .handler(throwing(new IOException("the other one")))
            .handler(EventType.NEW_BALANCE_UPDATE, event -> {})
            .build();

    assertThat(processor.process(lease(1))).isEqualTo(new AttemptOutcome.Done());
  }

  @Test
  void aLongMessageIsCut() {
    EventProcessor processor =
        EventProcessor.builder()
            .handler(throwing(new PermanentFailureException("x".repeat(5_000))))
            .build();

    AttemptOutcome outcome = processor.process(lease(1));

    assertThat(((AttemptOutcome.Failed) outcome).reason()).hasSize(1_000).endsWith("…");
  }

  @Test
  void aMessageThatJustFitsIsNotCut() {
    String text = "x".repeat(1_000 - "PermanentFailureException: ".length());
    EventProcessor processor =
        EventProcessor.builder().handler(throwing(new PermanentFailureException(text))).build();

    assertThat(processor.process(lease(1)))
        .isEqualTo(new AttemptOutcome.Failed("PermanentFailureException: " + text));
  }

  @Test
  void anAttemptMayFailWithoutItsHandler() {
    EventProcessor processor =
        EventProcessor.builder().handler(event -> {}).retryPolicy(RETRIES).build();

    assertThat(processor.failed(lease(1), "too slow"))
        .isEqualTo(new AttemptOutcome.Retry(Duration.ofSeconds(1), "too slow"));
    assertThat(processor.failed(lease(4), "too slow"))
        .isEqualTo(new AttemptOutcome.Failed("too slow"));
  }

  @Test
  void anEventOfATypeWithoutAHandlerIsGivenUp() {
    EventProcessor processor =
        EventProcessor.builder().handler(EventType.REBALANCE_NEEDED, event -> {}).build();

    assertThat(processor.process(lease(1)))
        .isEqualTo(
            new AttemptOutcome.Failed(
                "no handler for events of type NEW_BALANCE_UPDATE, which were not asked for: the queue must take only the types of the request"));
  }

  @Test
  void theTypesThatHaveAHandlerAreKnown() {
    EventProcessor.Builder builder =
        EventProcessor.builder().handler(EventType.REBALANCE_NEEDED, event -> {});

    assertThat(builder.build().handledTypes())
        .isEqualTo(WantedTypes.named(Set.of("REBALANCE_NEEDED")));
    assertThat(builder.handler(event -> {}).build().handledTypes()).isEqualTo(WantedTypes.all());
  }

  @Test
  void delaysAreNotInWholeSecondsOnly() {
    RetryPolicy policy = new RetryPolicy(2, Duration.ofMillis(1_250), 2, MINUTE, 0);

    assertThat(policy.delayAfter(1, "event")).contains(Duration.ofMillis(1_250));
    assertThat(policy.delayAfter(2, "event")).contains(Duration.ofMillis(2_500));
    assertThat(policy.withMaxRetries(3).delayAfter(3, "event")).contains(Duration.ofSeconds(5));
  }

  @Test
  void aSecondHandlerForTheSameEventsIsRefused() {
    EventProcessor.Builder builder =
        EventProcessor.builder()
            .handler(event -> {})
            .handler(EventType.BALANCE_CHECK_REQUIRED, event -> {});

    assertThatIllegalStateException()
        .isThrownBy(() -> builder.handler(event -> {}))
        .withMessageContaining("there is a handler for all events already");
    assertThatIllegalStateException()
        .isThrownBy(() -> builder.handler(EventType.BALANCE_CHECK_REQUIRED, event -> {}))
        .withMessageContaining("there is a handler for events of type BALANCE_CHECK_REQUIRED");
  }

  @Test
  void aProcessorNeedsAHandler() {
    assertThatIllegalStateException()
        .isThrownBy(() -> EventProcessor.builder().build())
        .withMessageContaining("handler");
  }

  @Test
  void jitterTakesAwayItsShareAtMostAndIsRepeatable() {
    RetryPolicy policy =
        new RetryPolicy(10, Duration.ofSeconds(10), 1, Duration.ofSeconds(10), 0.5);

    List<Duration> delays =
        IntStream.range(0, 1_000)
            .mapToObj(i -> policy.delayAfter(1, "event-" + i).orElseThrow())
            .toList();

    assertThat(delays)
        .allSatisfy(
            delay -> assertThat(delay).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(10)));
    assertThat(delays.stream().distinct().count()).isGreaterThan(500);
    assertThat(policy.delayAfter(1, "event-7")).contains(delays.get(7));
  }

  @Test
  void aRetryPolicyRefusesNonsense() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RetryPolicy.DEFAULT.withMaxRetries(-1))
        .withMessageContaining("-1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RetryPolicy(1, MINUTE, 2, Duration.ZERO, 0))
        .withMessageContaining("0 ≤ initial ≤ longest");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RetryPolicy(1, MINUTE, Double.NaN, MINUTE, 0))
        .withMessageContaining("NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RetryPolicy(1, MINUTE, 1, MINUTE, 1.1))
        .withMessageContaining("1.1");
  }
}
