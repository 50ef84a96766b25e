package io.ratelimit.spring.internal.test;

import io.ratelimit.core.time.Time;
import io.ratelimit.testkit.time.DeterministicTime;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The deterministic time of a slice and of its in-memory queue. */
@AutoConfiguration
class TimeAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean(Time.class)
  DeterministicTime auditTestTime() {
    return DeterministicTime.atEpoch();
  }
}
