package io.ratelimit.spring.internal.autoconfigure;

import io.ratelimit.core.event.EventTypes;
import io.ratelimit.spring.RateLimitProperties;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.ConfigurationPropertiesBinding;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** The properties and the event types that they declare. */
@AutoConfiguration
@OnEnabled
@EnableConfigurationProperties(RateLimitProperties.class)
class RateLimitAutoConfiguration {

  @Bean
  @ConfigurationPropertiesBinding
  static Conversions.ToRateLimit auditRateLimitConverter() {
    return new Conversions.ToRateLimit();
  }

  @Bean
  @ConfigurationPropertiesBinding
  static Conversions.ToWorkerRange auditWorkerRangeConverter() {
    return new Conversions.ToWorkerRange();
  }

  @Bean
  @ConfigurationPropertiesBinding
  static Conversions.ToConfidence auditConfidenceConverter() {
    return new Conversions.ToConfidence();
  }

  @Bean
  @ConditionalOnMissingBean
  EventTypes auditEventTypes(RateLimitProperties properties) {
    return Settings.read(properties::types);
  }
}
