package io.ratelimit.spring.internal.autoconfigure;

import io.ratelimit.core.AttemptTerms;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.spring.RateLimitProperties;
import io.ratelimit.spring.RateLimitWorkerCustomizer;
import io.ratelimit.temporal.RateLimitClient;
import io.ratelimit.temporal.RateLimitWorker;
import io.temporal.client.WorkflowClient;
import io.temporal.worker.WorkerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/** A worker beside the application's Temporal workers, and a client for managers. */
@AutoConfiguration(
    after = {
      HandlerAutoConfiguration.class,
      PublishAutoConfiguration.class,
      MetricsAutoConfiguration.class,
      ObservationAutoConfiguration.class
    },
    afterName = {
      "io.temporal.spring.boot.autoconfigure.RootNamespaceAutoConfiguration",
      "io.temporal.spring.boot.autoconfigure.NonRootNamespaceAutoConfiguration"
    })
@OnEnabled
@ConditionalOnClass({RateLimitWorker.class, WorkerFactory.class})
@ConditionalOnProperty(name = "ratelimit.temporal.enabled", havingValue = "true")
@ConditionalOnBean(EventQueue.class)
class TemporalAutoConfiguration {

  @Bean
  @Conditional(OnHandler.class)
  WorkerLifecycle auditWorkerLifecycle(
      EventQueue queue,
      RateLimitProperties properties,
      HandlerSetup handlers,
      ObjectProvider<WorkerFactory> factory,
      ObjectProvider<WorkflowClient> client,
      ObjectProvider<RateLimitWorkerCustomizer> customizers) {
    RateLimitWorker.Builder builder = RateLimitWorker.builder(queue);
    handlers.addTo(builder);
    String taskQueue = taskQueue(queue, properties);
    AttemptTerms terms = Settings.read(properties::attemptTerms);
    builder
        .name(properties.temporal().name())
        .taskQueue(taskQueue)
        .concurrency(properties.temporal().concurrency())
        .attemptTerms(terms);
    customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
    WorkerFactory lent = factory.getIfUnique();
    if (lent != null) {
      return WorkerLifecycle.on(lent, builder, taskQueue);
    }
    WorkflowClient ofApplication = client.getIfUnique();
    if (ofApplication == null) {
      throw new ConfigurationException(
          "ratelimit.temporal.enabled is true, but there is neither one bean of type WorkerFactory"
              + " nor one of type WorkflowClient.",
          "Add io.temporal:temporal-spring-boot-starter with spring.temporal.connection.target, or"
              + " define a WorkflowClient; of several mark one @Primary.");
    }
    return WorkerLifecycle.over(ofApplication, builder);
  }

  @Bean(destroyMethod = "close")
  @ConditionalOnBean(WorkflowClient.class)
  @ConditionalOnMissingBean
  RateLimitClient auditRateLimitClient(
      WorkflowClient client, EventQueue queue, RateLimitProperties properties) {
    return RateLimitClient.of(client, taskQueue(queue, properties));
  }

  private static String taskQueue(EventQueue queue, RateLimitProperties properties) {
    String chosen = properties.temporal().taskQueue();
    return chosen == null ? RateLimitWorker.defaultTaskQueue(queue) : chosen;
  }
}
