package io.ratelimit.examples.spring;

import io.ratelimit.core.handler.Failure;
import io.ratelimit.core.handler.FailureClassifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

// docs/spring-boot.md
/** Says what the exchange's answers mean. */
@Configuration(proxyBeanMethods = false)
class Answers {

  @Bean
  FailureClassifier failureClassifier() {
    return thrown ->
        FailureClassifier.find(thrown, Exchange.TooManyRequests.class)
            .map(refusal -> Failure.pauseEveryone(refusal.retryAfter(), thrown))
            .orElseGet(() -> FailureClassifier.standard().classify(thrown));
  }
}
// docs/spring-boot.md
