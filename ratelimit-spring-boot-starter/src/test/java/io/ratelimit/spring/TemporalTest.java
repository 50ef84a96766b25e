package io.ratelimit.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.temporal.RateLimitClient;
import io.ratelimit.temporal.RateLimitWorker;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.WorkerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** The worker beside the application's own workers. */
class TemporalTest {

  private final TestWorkflowEnvironment temporal = TestWorkflowEnvironment.newInstance();

  @AfterEach
  void close() {
    temporal.close();
  }

  private ApplicationContextRunner application() {
    return Contexts.inMemory()
        .withUserConfiguration(Handlers.Method.class)
        .withPropertyValues("ratelimit.temporal.enabled=true", "ratelimit.queue.name=audits")
        .withBean(
            "client",
            WorkflowClient.class,
            temporal::getWorkflowClient,
            bean -> bean.setDestroyMethodName(""));
  }

  private static void drainOne(ApplicationContext context) {
    var unused =
        context
            .getBean(EventQueue.class)
            .publish(AuditEvent.of("1", EventType.of("ANY"), "wallet"));
    RateLimitClient client = context.getBean(RateLimitClient.class);
    client.start("audit-1", ManagerOptions.round());
    RoundReport report = client.result("audit-1", Contexts.PATIENCE);
    assertThat(report.done()).isEqualTo(1);
    assertThat(context.getBean(Handlers.Calls.class).all()).containsExactly("method 1");
  }

  @Test
  void worksOnTheApplicationsFactoryAndLeavesItsLifeToIt() {
    WorkerFactory factory = temporal.getWorkerFactory();
    application()
        .withBean(
            "factory", WorkerFactory.class, () -> factory, bean -> bean.setDestroyMethodName(""))
        .run(
            context -> {
              assertThat(context).hasNotFailed().doesNotHaveBean(AuditEngine.class);
              assertThat(factory.isStarted()).isFalse();
              assertThat(factory.tryGetWorker("audits")).isNotNull();
              assertThat(factory.tryGetWorker(RateLimitWorker.queueCallsTaskQueue("audits")))
                  .isNotNull();
              factory.start();
              drainOne(context);
            });
    assertThat(factory.isShutdown()).isFalse();
  }

  @Test
  void worksBesideAnApplicationThatOnlyHasAClient() {
    application().run(TemporalTest::drainOne);
  }

  @Test
  void isNotThereUnlessItIsWanted() {
    application()
        .withPropertyValues("ratelimit.temporal.enabled=false")
        .run(
            context ->
                assertThat(context)
                    .hasSingleBean(AuditEngine.class)
                    .doesNotHaveBean(RateLimitClient.class));
  }
}
