package io.ratelimit.spring.slice;

import static io.ratelimit.testkit.report.RoundAssert.assertThatRound;
import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.core.time.Time;
import io.ratelimit.spring.test.AuditTest;
import io.ratelimit.testkit.time.DeterministicTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;

/** A slice of an application: its handlers, in virtual time. */
@AuditTest(properties = {"ratelimit.limit=20/m", "ratelimit.deadline=6m"})
@Timeout(60)
class AuditTestSliceTest {

  /** A call takes 4 s. */
  record SlowExchange(DeterministicTime time) implements Parts.Exchange {

    @Override
    public void audit(String wallet) throws InterruptedException {
      time.sleep(Duration.ofSeconds(4));
    }

    @Override
    public CompletionStage<?> auditLater(String wallet) {
      return CompletableFuture.runAsync(() -> {}, time.delayedExecutor(Duration.ofSeconds(4)));
    }
  }

  @TestConfiguration(proxyBeanMethods = false)
  static class Doubles {
    @Bean
    Parts.Exchange exchange(DeterministicTime time) {
      return new SlowExchange(time);
    }
  }

  @Autowired private ApplicationContext context;
  @Autowired private EventQueue queue;
  @Autowired private AuditEngine engine;
  @Autowired private DeterministicTime time;

  private static List<AuditEvent> events(EventType type, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> AuditEvent.of(type.name() + i, type, "wallet-" + i))
        .toList();
  }

  /** No test sees the time, the queue or the spent limit of another. */
  @RepeatedTest(2)
  void aRoundOfMinutesIsOverInNoTimeAndTheSameEachTime() {
    assertThat(time.now()).isEqualTo(Instant.EPOCH);
    queue.publish(events(EventType.BALANCE_CHECK_REQUIRED, 100));
    queue.publish(events(EventType.of("LATER"), 8));

    RoundReport report = engine.runRound();

    assertThatRound(report).metDeadline().heldLimit().hasDone(108).leftNothing();
    assertThat(report.elapsed()).isEqualTo(Duration.ofSeconds(325));
    assertThat(context.getBean(Parts.Noting.class).noted()).hasSize(108);
  }

  @Test
  void thereIsNothingElse() {
    assertThat(queue).isInstanceOf(InMemoryEventQueue.class);
    assertThat(context.getBean(Time.class)).isSameAs(time);
    assertThat(context.getBeansOfType(Parts.Web.class)).isEmpty();
    assertThat(context.getBeansOfType(Parts.RealExchange.class)).isEmpty();
    assertThat(context.getBeanDefinitionNames())
        .as("what Spring Boot configures by itself")
        .noneMatch(name -> name.contains("taskExecutor") || name.contains("redis"));
  }
}
