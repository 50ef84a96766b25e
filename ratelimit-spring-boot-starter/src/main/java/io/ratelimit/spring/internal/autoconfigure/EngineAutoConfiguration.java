package io.ratelimit.spring.internal.autoconfigure;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.scaling.ScalingPolicy;
import io.ratelimit.spring.AuditEngineCustomizer;
import io.ratelimit.spring.RateLimitProperties;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/** The engine, if a bean handles events and no Temporal worker runs instead. */
@AutoConfiguration(
    after = {
      HandlerAutoConfiguration.class,
      PublishAutoConfiguration.class,
      MetricsAutoConfiguration.class,
      ObservationAutoConfiguration.class
    })
@OnEnabled
@ConditionalOnProperty(name = "ratelimit.engine.enabled", matchIfMissing = true)
@ConditionalOnProperty(
    name = "ratelimit.temporal.enabled",
    havingValue = "false",
    matchIfMissing = true)
@ConditionalOnMissingBean(AuditEngine.class)
@ConditionalOnBean(EventQueue.class)
@Conditional(OnHandler.class)
class EngineAutoConfiguration {

  @Bean(destroyMethod = "close")
  AuditEngine auditEngine(
      EventQueue queue,
      RateLimitProperties properties,
      HandlerSetup handlers,
      ObjectProvider<ScalingPolicy> policy,
      ObjectProvider<AuditEngineCustomizer> customizers) {
    AuditEngine.Builder builder = AuditEngine.builder(queue);
    handlers.addTo(builder);
    policy.ifUnique(builder::scalingPolicy);
    return Settings.read(
        () -> {
          builder
              .name(properties.engine().name())
              .terms(properties.roundTerms())
              .attemptTerms(properties.attemptTerms());
          customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
          return builder.build();
        });
  }

  @Bean
  EngineLifecycle auditEngineLifecycle(AuditEngine engine, RateLimitProperties properties) {
    return new EngineLifecycle(engine, properties.engine().autoStartup());
  }
}
