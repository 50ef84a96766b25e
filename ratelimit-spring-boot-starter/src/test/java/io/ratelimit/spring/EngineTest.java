package io.ratelimit.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.THROWABLE;
import static org.awaitility.Awaitility.await;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.EventTypes;
import io.ratelimit.core.handler.AttemptInterceptor;
import io.ratelimit.core.handler.AuditEventHandler;
import io.ratelimit.core.handler.Failure;
import io.ratelimit.core.handler.FailureClassifier;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.core.time.Time;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Beans that handle events, and the engine that calls them. */
class EngineTest {

  private static void publish(ApplicationContext context, String id, String type) {
    var unused =
        context.getBean(EventQueue.class).publish(AuditEvent.of(id, EventType.of(type), "w"));
  }

  private static void awaitDone(ApplicationContext context, int events) {
    await()
        .atMost(Contexts.PATIENCE)
        .until(() -> context.getBean(EventQueue.class).stats().done() == events);
  }

  @Test
  void isNotThereWithoutAHandler() {
    Contexts.inMemory()
        .run(
            context ->
                assertThat(context)
                    .hasNotFailed()
                    .hasBean("auditEventQueue")
                    .doesNotHaveBean(AuditEngine.class));
  }

  @Test
  void isNotThereWhereItIsNotWanted() {
    Contexts.inMemory()
        .withUserConfiguration(Handlers.Method.class)
        .withPropertyValues("ratelimit.engine.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean(AuditEngine.class));
    Contexts.bare()
        .withUserConfiguration(Handlers.Method.class)
        .withPropertyValues("ratelimit.enabled=false")
        .run(
            context ->
                assertThat(context)
                    .hasNotFailed()
                    .doesNotHaveBean(EventQueue.class)
                    .doesNotHaveBean(EventTypes.class)
                    .doesNotHaveBean(RateLimitProperties.class));
  }

  @Test
  void callsEveryFormOfHandler() {
    Contexts.inMemory()
        .withUserConfiguration(Handlers.EveryForm.class)
        .run(
            context -> {
              publish(context, "1", "SOMETHING_ELSE");
              publish(context, "2", "BEAN_OF_A_TYPE");
              publish(context, "3", "ASYNC_BEAN");
              publish(context, "4", "ANOTHER");
              publish(context, "5", "CONTEXT");
              publish(context, "6", "ASYNC");
              awaitDone(context, 6);
              assertThat(context.getBean(Handlers.Calls.class).all())
                  .containsExactlyInAnyOrder(
                      "bean 1",
                      "typed bean 2",
                      "async bean 3",
                      "method of two, attempt 1 4",
                      "method of context 5",
                      "async method 6");
            });
  }

  @Test
  void leavesRoundsToTheApplicationIfItWants() {
    Contexts.inMemory()
        .withUserConfiguration(Handlers.Method.class)
        .withPropertyValues("ratelimit.engine.auto-startup=false")
        .run(
            context -> {
              publish(context, "1", "ANY");
              RoundReport report = context.getBean(AuditEngine.class).runRound();
              assertThat(report.done()).isEqualTo(1);
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class Round {
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch never = new CountDownLatch(1);
    private volatile boolean ended;

    @AuditHandler
    void audit(AuditEvent event) throws InterruptedException {
      started.countDown();
      try {
        never.await();
      } finally {
        ended = true;
      }
    }

    @Bean
    StopsLater client() {
      return new StopsLater(this);
    }
  }

  /** Something that handlers need, and that stops after the engine. */
  static final class StopsLater implements SmartLifecycle {
    private final Round round;
    private volatile boolean running;
    private volatile boolean roundEndedBefore;

    StopsLater(Round round) {
      this.round = round;
    }

    @Override
    public void start() {
      running = true;
    }

    @Override
    public void stop() {
      roundEndedBefore = round.ended;
      running = false;
    }

    @Override
    public boolean isRunning() {
      return running;
    }

    @Override
    public int getPhase() {
      return 0;
    }
  }

  @Test
  void endsARoundOfTheApplicationBeforeAnythingElseStops() {
    AtomicReference<StopsLater> client = new AtomicReference<>();
    Contexts.inMemory()
        .withUserConfiguration(Round.class)
        .withPropertyValues(
            "ratelimit.engine.auto-startup=false", "ratelimit.attempt.shutdown-grace=10ms")
        .run(
            context -> {
              publish(context, "1", "ANY");
              AuditEngine engine = context.getBean(AuditEngine.class);
              new Thread(engine::runRound, "round").start();
              assertThat(
                      context
                          .getBean(Round.class)
                          .started
                          .await(Contexts.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                  .isTrue();
              client.set(context.getBean(StopsLater.class));
            });
    assertThat(client.get().roundEndedBefore).isTrue();
  }

  @Configuration(proxyBeanMethods = false)
  static class Two {
    @Bean
    AuditEventHandler first() {
      return event -> {};
    }

    @AuditHandler
    void second(AuditEvent event) {}
  }

  @Test
  void refusesTwoHandlersOfTheSameType() {
    Contexts.inMemory()
        .withUserConfiguration(Two.class)
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .asInstanceOf(THROWABLE)
                    .rootCause()
                    .hasMessageContaining("bean \"first\"")
                    .hasMessageContaining("Two.second"));
  }

  @Configuration(proxyBeanMethods = false)
  static class NoHandler {
    @AuditHandler
    String audit(AuditEvent event) {
      return event.id();
    }
  }

  @Test
  void refusesAMethodWhoseResultWouldBeLost() {
    Contexts.inMemory()
        .withUserConfiguration(NoHandler.class)
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .asInstanceOf(THROWABLE)
                    .rootCause()
                    .hasMessageContaining("NoHandler.audit")
                    .hasMessageContaining("return nothing or a CompletionStage"));
  }

  @Configuration(proxyBeanMethods = false)
  static class Slow {
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch closing = new CountDownLatch(1);
    private final InMemoryEventQueue queue =
        InMemoryEventQueue.create(RateLimit.of(1000).perSecond());

    @Bean(destroyMethod = "")
    InMemoryEventQueue ofTheApplication() {
      return queue;
    }

    @AuditHandler
    void audit(AuditEvent event) throws InterruptedException {
      started.countDown();
      closing.await();
    }
  }

  @Test
  void letsEventsInHandBeFinishedWhenTheApplicationStops() {
    AtomicReference<Slow> slow = new AtomicReference<>();
    Contexts.bare()
        .withUserConfiguration(Slow.class)
        .run(
            context -> {
              Slow bean = context.getBean(Slow.class);
              slow.set(bean);
              publish(context, "1", "ANY");
              assertThat(bean.started.await(Contexts.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                  .isTrue();
              Thread closing = new Thread(context.getSourceApplicationContext()::close);
              closing.start();
              await().atMost(Contexts.PATIENCE).until(EngineTest::isStopping);
              bean.closing.countDown();
              closing.join();
            });
    assertThat(slow.get().queue.stats().done()).isEqualTo(1);
  }

  /** The thread that stops the engine starts when the application closes. */
  private static boolean isStopping() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("audit-engine-stop"));
  }

  @Configuration(proxyBeanMethods = false)
  static class Surroundings {
    private final Handlers.Calls calls = new Handlers.Calls();

    @Bean
    Handlers.Calls calls() {
      return calls;
    }

    @Bean
    AttemptInterceptor interceptor() {
      return (context, next) -> {
        calls.add("before", context.event());
        return next.proceed();
      };
    }

    @Bean
    FailureClassifier classifier() {
      return Failure::permanent;
    }

    @Bean
    AuditEngineCustomizer customizer() {
      return builder -> builder.name("renamed");
    }

    @AuditHandler
    void audit(AuditEvent event) {
      calls.add(Thread.currentThread().getName().contains("renamed") ? "renamed" : "not", event);
      throw new IllegalStateException("on purpose");
    }
  }

  @Test
  void isSurroundedByWhatTheApplicationDefines() {
    Contexts.inMemory()
        .withUserConfiguration(Surroundings.class)
        .run(
            context -> {
              publish(context, "1", "ANY");
              await()
                  .atMost(Contexts.PATIENCE)
                  .until(() -> context.getBean(EventQueue.class).stats().failed() == 1);
              assertThat(context.getBean(Handlers.Calls.class).all())
                  .containsExactly("before 1", "renamed 1");
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class Needy {
    private final Handlers.Calls calls = new Handlers.Calls();

    @Bean
    Handlers.Calls calls() {
      return calls;
    }

    /** A handler that depends on the engine that calls it. */
    @Bean
    Client client(AuditEngine engine) {
      return new Client(engine, calls);
    }

    @Bean
    Time time() {
      return Time.accelerated(100);
    }
  }

  record Client(AuditEngine engine, Handlers.Calls calls) {
    @AuditHandler
    void audit(AuditEvent event) {
      calls.add("needy", event);
    }
  }

  @Test
  void callsBeansThatNeedItAndLivesInTheTimeOfTheTest() {
    Contexts.inMemory()
        .withUserConfiguration(Needy.class)
        .withPropertyValues("ratelimit.limit=1/m")
        .run(
            context -> {
              publish(context, "1", "ANY");
              publish(context, "2", "ANY");
              awaitDone(context, 2);
              assertThat(context.getBean(Handlers.Calls.class).all())
                  .isEqualTo(List.of("needy 1", "needy 2"));
            });
  }
}
