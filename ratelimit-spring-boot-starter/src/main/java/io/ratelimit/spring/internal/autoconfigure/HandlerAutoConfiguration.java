package io.ratelimit.spring.internal.autoconfigure;

import io.ratelimit.core.engine.EngineListener;
import io.ratelimit.core.event.EventTypes;
import io.ratelimit.core.handler.AttemptInterceptor;
import io.ratelimit.core.handler.FailureClassifier;
import io.ratelimit.spring.RateLimitProperties;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** Collects the application's handlers for the engine or the Temporal worker. */
@AutoConfiguration(after = RateLimitAutoConfiguration.class)
@OnEnabled
class HandlerAutoConfiguration {

  @Bean
  HandlerSetup auditHandlerSetup(
      RateLimitProperties properties,
      ConfigurableListableBeanFactory beans,
      EventTypes types,
      Environment environment,
      ObjectProvider<AttemptInterceptor> interceptors,
      ObjectProvider<FailureClassifier> classifier,
      ObjectProvider<EngineListener> listeners) {
    return new HandlerSetup(
        properties, beans, types, environment, interceptors, classifier, listeners);
  }
}
