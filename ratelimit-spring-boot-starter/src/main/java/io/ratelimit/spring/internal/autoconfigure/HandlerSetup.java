package io.ratelimit.spring.internal.autoconfigure;

import io.ratelimit.core.engine.EngineListener;
import io.ratelimit.core.engine.LaneBuilder;
import io.ratelimit.core.event.EventTypes;
import io.ratelimit.core.handler.AttemptInterceptor;
import io.ratelimit.core.handler.FailureClassifier;
import io.ratelimit.spring.RateLimitProperties;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.Environment;

/**
 * Configures what engines and Temporal workers have in common: handlers, interceptors, listeners.
 */
final class HandlerSetup {

  private final RateLimitProperties properties;
  private final ConfigurableListableBeanFactory beans;
  private final EventTypes types;
  private final Environment environment;
  private final ObjectProvider<AttemptInterceptor> interceptors;
  private final ObjectProvider<FailureClassifier> classifier;
  private final ObjectProvider<EngineListener> listeners;

  HandlerSetup(
      RateLimitProperties properties,
      ConfigurableListableBeanFactory beans,
      EventTypes types,
      Environment environment,
      ObjectProvider<AttemptInterceptor> interceptors,
      ObjectProvider<FailureClassifier> classifier,
      ObjectProvider<EngineListener> listeners) {
    this.properties = properties;
    this.beans = beans;
    this.types = types;
    this.environment = environment;
    this.interceptors = interceptors;
    this.classifier = classifier;
    this.listeners = listeners;
  }

  void addTo(LaneBuilder<?> builder) {
    new HandlerBeans(beans).addTo(builder, types);
    if (properties.attempt().mdc()) {
      builder.interceptor(AttemptInterceptor.mdc());
    }
    interceptors.orderedStream().forEach(builder::interceptor);
    classifier.ifUnique(builder::failureClassifier);
    Boolean chosen = properties.attempt().virtualThreads();
    if (chosen == null
        ? environment.getProperty("spring.threads.virtual.enabled", Boolean.class, false)
        : chosen) {
      builder.virtualThreads();
    }
    listeners.orderedStream().forEach(builder::listener);
  }
}
