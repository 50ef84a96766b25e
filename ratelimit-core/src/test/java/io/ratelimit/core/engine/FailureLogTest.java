package io.ratelimit.core.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.AttemptHandler;
import io.ratelimit.core.handler.PauseEveryoneException;
import io.ratelimit.core.handler.PermanentFailureException;
import io.ratelimit.core.handler.RetryAfterException;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.internal.simulation.SimulatedApi;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.simulation.SimulatedFaults;
import io.ratelimit.core.time.Time;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Failed attempts are logged with a stack trace only where it helps. */
@Timeout(60)
class FailureLogTest {

  private static final Duration A_MOMENT = Duration.ofMillis(10);

  private final PrintStream before = System.err;
  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();

  @BeforeEach
  void listen() {
    System.setErr(new PrintStream(logged, true, UTF_8));
  }

  @AfterEach
  void listenNoMore() {
    System.setErr(before);
  }

  private List<String> logOf(AttemptHandler failing) {
    try (EventQueue queue = InMemoryEventQueue.create(RateLimit.of(1_000).perSecond());
        AuditEngine engine =
            AuditEngine.builder(queue)
                .handler(
                    (event, context) -> {
                      if (queue.stats().starts() == 1) {
                        failing.handle(event, context);
                      }
                    })
                .retryPolicy(new RetryPolicy(1, Duration.ZERO, 1, Duration.ZERO, 0))
                .deadline(Duration.ofHours(1))
                .build()) {
      queue.publish(AuditEvent.of("event-1", EventType.OPEN_ORDER_DETECTED, "wallet"));
      engine.runRound();
    }
    return logged.toString(UTF_8).lines().filter(line -> !line.isBlank()).toList();
  }

  private List<String> logOf(RuntimeException failure) {
    return logOf(
        (event, context) -> {
          throw failure;
        });
  }

  @Test
  void aPauseIsOneLineAlsoWithWhatTheClientThrew() {
    List<String> log =
        logOf(
            new CompletionException(
                new PauseEveryoneException(A_MOMENT, "slow down", new IOException("429"))));

    assertThat(log)
        .singleElement()
        .asString()
        .contains("attempt 1 at event event-1", "slow down", "everybody pauses for 10 ms");
  }

  @Test
  void whatTheHandlerSaysInWordsIsOneLine() {
    assertThat(logOf(new RetryAfterException(A_MOMENT, "not yet"))).hasSize(1);
  }

  @Test
  void whatTheHandlerGivesUpInWordsIsOneLine() {
    assertThat(logOf(new PermanentFailureException("no such wallet")))
        .singleElement()
        .asString()
        .contains("no such wallet", "given up");
  }

  @Test
  void aSimulatedFailureIsOneLine() {
    SimulatedApi api = new SimulatedApi(Time.accelerated(1_000), new SimulatedFaults(1, 1, 0, 1));
    assertThat(logOf((event, context) -> api.handle(event)))
        .singleElement()
        .asString()
        .contains("simulated failure of attempt 1 (IOException); retried after 0 ms");
  }

  @Test
  void anErrorInTheCodeHasItsStack() {
    assertThat(logOf(new IllegalStateException("unexpected")))
        .anyMatch(line -> line.contains("unexpected"))
        .anyMatch(line -> line.startsWith("\tat ") && line.contains("FailureLogTest"));
  }

  @Test
  void soHasTheCauseOfWhatIsGivenUp() {
    assertThat(logOf(new PermanentFailureException("broken", new IOException("why"))))
        .anyMatch(line -> line.contains("Caused by: java.io.IOException: why"));
  }
}
