package io.ratelimit.spring.internal.autoconfigure;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.spring.RateLimitProperties;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** Health, with the names of Spring Boot 4. */
@AutoConfiguration(after = {QueueAutoConfiguration.class, EngineAutoConfiguration.class})
@OnEnabled
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean(EventQueue.class)
@ConditionalOnEnabledHealthIndicator("ratelimit")
class Boot4HealthAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean(name = "ratelimitHealthIndicator")
  HealthIndicator ratelimitHealthIndicator(
      EventQueue queue,
      ObjectProvider<AuditEngine> engine,
      ObjectProvider<EngineLifecycle> lifecycle,
      RateLimitProperties properties) {
    HealthView view = new HealthView(queue, engine, lifecycle, properties);
    return () -> {
      HealthView.Verdict verdict = view.look();
      return Health.status(verdict.status()).withDetails(verdict.details()).build();
    };
  }
}
