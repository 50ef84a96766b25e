package io.ratelimit.spring.internal.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.micrometer.AttemptMetrics;
import io.ratelimit.micrometer.QueueMetrics;
import io.ratelimit.micrometer.ScalingMetrics;
import io.ratelimit.spring.RateLimitProperties;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/** Metrics, if ratelimit-micrometer and a registry are present. */
@AutoConfiguration(
    after = PublishAutoConfiguration.class,
    afterName = {
      "org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration",
      "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration"
    })
@OnEnabled
@ConditionalOnProperty(name = "ratelimit.metrics.enabled", matchIfMissing = true)
@ConditionalOnClass({MeterRegistry.class, QueueMetrics.class})
@ConditionalOnBean({MeterRegistry.class, EventQueue.class})
class MetricsAutoConfiguration {

  /** Spring Boot binds it to the registry, like every {@code MeterBinder}. */
  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean
  QueueMetrics auditQueueMetrics(EventQueue queue, RateLimitProperties properties) {
    return QueueMetrics.of(properties.queue().name(), queue);
  }

  @Bean
  @ConditionalOnMissingBean
  AttemptMetrics auditAttemptMetrics(
      MeterRegistry registry, EventQueue queue, RateLimitProperties properties) {
    return AttemptMetrics.of(registry, properties.queue().name(), queue.time());
  }

  @Bean
  @ConditionalOnMissingBean
  ScalingMetrics auditScalingMetrics(
      MeterRegistry registry, EventQueue queue, RateLimitProperties properties) {
    return ScalingMetrics.of(registry, properties.queue().name(), queue.time());
  }
}
