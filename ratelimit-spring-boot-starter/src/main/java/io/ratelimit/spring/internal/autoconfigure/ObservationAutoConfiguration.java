package io.ratelimit.spring.internal.autoconfigure;

import io.micrometer.observation.ObservationRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/** An observation around each attempt, if the application has an observation registry. */
@AutoConfiguration(
    after = RateLimitAutoConfiguration.class,
    afterName = {
      "org.springframework.boot.actuate.autoconfigure.observation.ObservationAutoConfiguration",
      "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration"
    })
@OnEnabled
@ConditionalOnProperty(name = "ratelimit.observations.enabled", matchIfMissing = true)
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean(ObservationRegistry.class)
class ObservationAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  ObservedAttempts auditObservedAttempts(ObservationRegistry registry) {
    return new ObservedAttempts(registry);
  }
}
