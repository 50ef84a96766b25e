package io.ratelimit.spring.internal.autoconfigure;

import io.opentelemetry.api.OpenTelemetry;
import io.ratelimit.core.handler.AttemptInterceptor;
import io.ratelimit.core.queue.PublishInterceptor;
import io.ratelimit.opentelemetry.RateLimitTracing;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/** Traces from publishers to handlers, if ratelimit-opentelemetry and OpenTelemetry are present. */
@AutoConfiguration(
    after = RateLimitAutoConfiguration.class,
    afterName = {
      "org.springframework.boot.actuate.autoconfigure.opentelemetry.OpenTelemetryAutoConfiguration",
      "org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration",
      "io.opentelemetry.instrumentation.spring.autoconfigure.OpenTelemetryAutoConfiguration"
    })
@OnEnabled
@ConditionalOnProperty(name = "ratelimit.observations.enabled", matchIfMissing = true)
@ConditionalOnClass({OpenTelemetry.class, RateLimitTracing.class})
@ConditionalOnBean(OpenTelemetry.class)
class TracingAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  RateLimitTracing auditTracing(OpenTelemetry openTelemetry) {
    return RateLimitTracing.of(openTelemetry);
  }

  @Bean
  PublishInterceptor auditPublishSpans(RateLimitTracing tracing) {
    return tracing.publishInterceptor();
  }

  /**
   * Returns the interceptor; with Micrometer tracing, the observation of an attempt is its span
   * instead.
   */
  @Bean
  @ConditionalOnMissingBean(type = "io.micrometer.tracing.Tracer")
  AttemptInterceptor auditAttemptSpans(RateLimitTracing tracing) {
    return tracing.attemptInterceptor();
  }
}
