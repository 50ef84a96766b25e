package io.ratelimit.core.internal.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.fail;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.AsyncAuditEventHandler;
import io.ratelimit.core.handler.AttemptInterceptor;
import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.handler.AuditEventHandler;
import io.ratelimit.core.handler.Failure;
import io.ratelimit.core.handler.FailureClassifier;
import io.ratelimit.core.handler.PauseEveryoneException;
import io.ratelimit.core.handler.PauseKeyException;
import io.ratelimit.core.handler.PermanentFailureException;
import io.ratelimit.core.handler.RetryAfterException;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.WantedTypes;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.UndeclaredThrowableException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.MDC;
import org.slf4j.helpers.BasicMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.springframework.web.client.RestClientResponseException;

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

  private static String outcome(EventProcessor processor, int attempt) {
    Lease lease = lease(attempt);
    return told(
        processor
            .call(lease, new FixedContext(lease), form -> fail("no batches here"))
            .handle((done, thrown) -> processor.outcome(lease, thrown))
            .toCompletableFuture()
            .join());
  }

  private static String told(AttemptOutcome outcome) {
    if (outcome instanceof AttemptOutcome.Retry retry) {
      return "retry after " + retry.delay() + ": " + retry.reason();
    }
    if (outcome instanceof AttemptOutcome.Throttled throttled) {
      return "pause of " + throttled.pause() + ": " + throttled.reason();
    }
    return outcome instanceof AttemptOutcome.Failed failed
        ? "failed: " + failed.reason()
        : outcome instanceof AttemptOutcome.Done ? "done" : "released";
  }

  static List<Arguments> outcomes() {
    return List.of(
        Arguments.of("success", (AuditEventHandler) event -> {}, 1, "done"),
        Arguments.of(
            "the first failure",
            throwing(new IOException("away")),
            1,
            "retry after PT1S: IOException: away"),
        Arguments.of(
            "the delay doubles up to its most",
            throwing(new IOException("away")),
            3,
            "retry after PT3S: IOException: away"),
        Arguments.of(
            "the retries are used up",
            throwing(new IOException("away")),
            4,
            "failed: IOException: away"),
        Arguments.of(
            "a failure without a message",
            throwing(new IllegalStateException()),
            4,
            "failed: IllegalStateException"),
        Arguments.of(
            "the handler names the delay",
            throwing(new RetryAfterException(MINUTE, "busy")),
            1,
            "retry after PT1M: RetryAfterException: busy"),
        Arguments.of(
            "a named delay is a retry like any other",
            throwing(new RetryAfterException(MINUTE, "busy")),
            4,
            "failed: RetryAfterException: busy"),
        Arguments.of(
            "everybody pauses, however often",
            throwing(new PauseEveryoneException(MINUTE, "429")),
            4,
            "pause of PT1M: PauseEveryoneException: 429"),
        Arguments.of(
            "no other attempt makes sense",
            throwing(new PermanentFailureException("gone")),
            1,
            "failed: PermanentFailureException: gone"),
        Arguments.of("broken off", throwing(new InterruptedException()), 1, "released"),
        Arguments.of(
            "crashed each time before",
            (AuditEventHandler) event -> {},
            5,
            "failed: given up at attempt 5 before its handler was called: the retry policy allows 4,"
                + " and attempts whose lease expired count, too"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("outcomes")
  void whatAHandlerDoesHasOneMeaning(
      String why, AuditEventHandler handler, int attempt, String expected) {
    EventProcessor processor =
        EventProcessor.builder().handler(handler).retryPolicy(RETRIES).build();

    assertThat(outcome(processor, attempt)).isEqualTo(expected);
  }

  @Test
  void aTypesOwnHandlerIsPreferred() {
    EventProcessor processor =
        EventProcessor.builder()
            .handler(throwing(new IOException("the other one")))
            .handler(EventType.NEW_BALANCE_UPDATE, event -> {})
            .build();

    assertThat(outcome(processor, 1)).isEqualTo("done");
  }

  @Test
  void aLongMessageIsCut() {
    EventProcessor processor =
        EventProcessor.builder()
            .handler(throwing(new PermanentFailureException("x".repeat(5_000))))
            .build();

    assertThat(outcome(processor, 1)).hasSize("failed: ".length() + 1_000).endsWith("…");
  }

  @Test
  void aMessageThatJustFitsIsNotCut() {
    String text = "x".repeat(1_000 - "PermanentFailureException: ".length());
    EventProcessor processor =
        EventProcessor.builder().handler(throwing(new PermanentFailureException(text))).build();

    assertThat(outcome(processor, 1)).isEqualTo("failed: PermanentFailureException: " + text);
  }

  @Test
  void anAttemptMayFailWithoutItsHandler() {
    EventProcessor processor =
        EventProcessor.builder().handler(event -> {}).retryPolicy(RETRIES).build();

    assertThat(told(processor.failed(lease(1), Failure.of("slow", "too slow"))))
        .isEqualTo("retry after PT1S: too slow");
    assertThat(told(processor.failed(lease(4), Failure.of("slow", "too slow"))))
        .isEqualTo("failed: too slow");
  }

  @Test
  void anEventOfATypeWithoutAHandlerIsGivenUp() {
    EventProcessor processor =
        EventProcessor.builder().handler(EventType.REBALANCE_NEEDED, event -> {}).build();

    assertThat(outcome(processor, 1))
        .isEqualTo(
            "failed: no handler for events of type NEW_BALANCE_UPDATE, which were not asked for: the queue must take only the types of the request");
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
        .withMessageContaining("there is already a handler for all events");
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

  static List<Arguments> wrapped() {
    PauseEveryoneException pause = new PauseEveryoneException(MINUTE, "429");
    RetryAfterException retry = new RetryAfterException(MINUTE, "busy");
    PermanentFailureException gone = new PermanentFailureException("gone");
    IOException closing = new IOException("while closing");
    closing.addSuppressed(new IllegalStateException(pause));
    RuntimeException circle = new RuntimeException("round");
    IOException back = new IOException("and round", circle);
    circle.initCause(back);
    return List.of(
        Arguments.of(new ExecutionException(pause), "pause of PT1M: PauseEveryoneException: 429"),
        Arguments.of(
            new CompletionException(new UndeclaredThrowableException(retry)),
            "retry after PT1M: RetryAfterException: busy"),
        Arguments.of(
            new RuntimeException("the client's own", new ExecutionException(gone)),
            "failed: PermanentFailureException: gone"),
        Arguments.of(closing, "pause of PT1M: PauseEveryoneException: 429"),
        Arguments.of(
            new PermanentFailureException("hopeless", new RetryAfterException(MINUTE, "cause")),
            "failed: PermanentFailureException: hopeless"),
        Arguments.of(
            new RetryAfterException(Duration.ofSeconds(2), "soon", pause),
            "pause of PT1M: PauseEveryoneException: 429"),
        Arguments.of(
            new ExecutionException(new CompletionException(new IOException("away"))),
            "retry after PT1S: IOException: away"),
        Arguments.of(
            new ExecutionException("empty", null), "retry after PT1S: ExecutionException: empty"),
        Arguments.of(circle, "retry after PT1S: RuntimeException: round"),
        Arguments.of(new CompletionException(new InterruptedException()), "released"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrapped")
  void whatAnExceptionSaysCountsWhateverWrapsIt(Exception thrown, String expected) {
    EventProcessor.Builder builder = EventProcessor.builder().retryPolicy(RETRIES);

    assertThat(outcome(builder.handler(throwing(thrown)).build(), 1)).isEqualTo(expected);
    EventProcessor async =
        EventProcessor.builder()
            .handler((AsyncAuditEventHandler) event -> CompletableFuture.failedFuture(thrown))
            .retryPolicy(RETRIES)
            .build();
    assertThat(outcome(async, 1)).isEqualTo(expected);
  }

  @Test
  void aFailureKnowsItsKindAndWhatWasThrown() {
    ExecutionException thrown = new ExecutionException(new PauseEveryoneException(MINUTE, "429"));

    Failure failure = FailureClassifier.standard().classify(thrown);

    assertThat(failure.kind()).isEqualTo("PauseEveryoneException");
    assertThat(failure.cause()).contains(thrown);
    assertThat(failure.pausesEveryone()).isTrue();
    assertThat(failure.retryAfter()).isEmpty();
    assertThat(FailureClassifier.standard().classify(new IOException("away") {}).kind())
        .as("an anonymous class has no name")
        .isEqualTo("IOException");
  }

  @Test
  void aPauseOfAKeyIsFoundWhereverItIs() {
    LimitKey key = new LimitKey("orders", "a1");
    Exception thrown = new ExecutionException(new PauseKeyException(key, MINUTE, "banned"));
    FailureClassifier standard = FailureClassifier.standard();

    assertThat(standard.classify(thrown).pausedKey()).contains(key);
    assertThat(standard.classify(thrown).after()).contains(MINUTE);
    assertThat(standard.classify(thrown).kind()).isEqualTo("PauseKeyException");
    assertThat(standard.classify(thrown).pausesEveryone()).isFalse();
    thrown.addSuppressed(new PauseEveryoneException(MINUTE, "429"));
    assertThat(standard.classify(thrown).pausesEveryone()).as("the larger pause wins").isTrue();
  }

  @Test
  void aClassifierOfTheHostsDecides() {
    FailureClassifier classifier =
        thrown ->
            FailureClassifier.find(thrown, IOException.class)
                .map(io -> Failure.pauseEveryone(MINUTE, io))
                .orElseGet(() -> Failure.permanent(thrown));
    EventProcessor processor =
        EventProcessor.builder()
            .handler(throwing(new ExecutionException(new IOException("limited"))))
            .handler(EventType.REBALANCE_NEEDED, throwing(new IllegalStateException("broken")))
            .failureClassifier(classifier)
            .build();

    assertThat(outcome(processor, 1)).isEqualTo("pause of PT1M: IOException: limited");
  }

  @Test
  void aClassifierThatFailsIsReplaced() {
    EventProcessor.Builder builder =
        EventProcessor.builder()
            .handler(throwing(new PermanentFailureException("gone")))
            .failureClassifier(
                thrown -> {
                  throw new IllegalStateException("broken", thrown);
                });

    assertThat(outcome(builder.build(), 1)).isEqualTo("failed: PermanentFailureException: gone");
  }

  @Test
  void aFailureRefusesNonsense() {
    IOException cause = new IOException();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Failure.pauseEveryone(Duration.ZERO, cause))
        .withMessageContaining("pause");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Failure.retryAfter(Duration.ofSeconds(-1), cause))
        .withMessageContaining("delay");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new Failure(
                    Failure.Reaction.FAIL,
                    "kind",
                    "why",
                    Optional.of(MINUTE),
                    Optional.empty(),
                    Optional.empty()))
        .withMessageContaining("PT1M");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new Failure(
                    Failure.Reaction.PAUSE_KEY,
                    "kind",
                    "why",
                    Optional.of(MINUTE),
                    Optional.empty(),
                    Optional.empty()))
        .withMessageContaining("key");
  }

  @Test
  void interceptorsSurroundTheHandlerInTheirOrder() {
    List<String> seen = new ArrayList<>();
    EventProcessor processor =
        EventProcessor.builder()
            .handler((event, context) -> seen.add("attempt " + context.attempt()))
            .interceptor(
                (context, next) -> {
                  seen.add("outer");
                  return next.proceed().whenComplete((done, thrown) -> seen.add("outer's end"));
                })
            .interceptor(
                (context, next) -> {
                  seen.add("inner of " + context.event().id());
                  return next.proceed();
                })
            .build();

    assertThat(outcome(processor, 2)).isEqualTo("done");
    assertThat(seen).containsExactly("outer", "inner of event", "attempt 2", "outer's end");
  }

  @Test
  void whatAnInterceptorThrowsIsAFailure() {
    EventProcessor processor =
        EventProcessor.builder()
            .handler(event -> {})
            .interceptor(
                (context, next) -> {
                  throw new PermanentFailureException("not allowed");
                })
            .build();

    assertThat(outcome(processor, 1)).isEqualTo("failed: PermanentFailureException: not allowed");
  }

  @Test
  @SuppressWarnings("NullAway") // on purpose
  void noStageAtAllIsAFailure() {
    EventProcessor processor =
        EventProcessor.builder()
            .handler((AsyncAuditEventHandler) event -> null)
            .retryPolicy(RetryPolicy.NONE)
            .build();

    assertThat(outcome(processor, 1))
        .startsWith("failed: NullPointerException: the asynchronous handler returned null");
  }

  @Test
  void theMdcKnowsTheAttemptWhileTheHandlerIsCalled() throws ReflectiveOperationException {
    // The tests' logger has no MDC.
    Field adapter =
        Arrays.stream(MDC.class.getDeclaredFields())
            .filter(field -> field.getType() == MDCAdapter.class)
            .findFirst()
            .orElseThrow();
    adapter.setAccessible(true);
    adapter.set(null, new BasicMDCAdapter());
    List<Map<String, String>> seen = new ArrayList<>();
    EventProcessor processor =
        EventProcessor.builder()
            .handler(
                event -> {
                  seen.add(MDC.getCopyOfContextMap());
                })
            .interceptor(AttemptInterceptor.mdc())
            .build();
    MDC.put("host", "mine");

    assertThat(outcome(processor, 2)).isEqualTo("done");

    assertThat(seen)
        .containsExactly(
            Map.of(
                "host", "mine",
                "event", "event",
                "type", "NEW_BALANCE_UPDATE",
                "wallet", "wallet",
                "attempt", "2"));
    assertThat(MDC.getCopyOfContextMap()).isEqualTo(Map.of("host", "mine"));
    MDC.clear();
  }

  private static RestClientResponseException answered(int status, Map<String, String> headers) {
    return new RestClientResponseException(status, headers) {};
  }

  static List<Arguments> answers() {
    return List.of(
        Arguments.of(answered(429, Map.of("Retry-After", "60")), "pause of PT1M"),
        Arguments.of(answered(429, Map.of()), "pause of PT30S"),
        Arguments.of(answered(429, Map.of("Retry-After", "0")), "pause of PT30S"),
        Arguments.of(answered(429, Map.of("Retry-After", "soon")), "pause of PT30S"),
        Arguments.of(answered(429, Map.of("Retry-After", "999999999")), "pause of PT24H"),
        Arguments.of(answered(503, Map.of("Retry-After", "60")), "pause of PT1M"),
        Arguments.of(answered(503, Map.of()), "retry after PT1S"),
        Arguments.of(answered(400, Map.of("Retry-After", "60")), "retry after PT1S"));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void whatSpringsClientsThrowIsUnderstood(Exception thrown, String expected) {
    EventProcessor processor =
        EventProcessor.builder()
            .handler(throwing(new ExecutionException(thrown)))
            .retryPolicy(RETRIES)
            .build();

    assertThat(outcome(processor, 1)).startsWith(expected + ": RestClientResponseException: ");
  }
}
