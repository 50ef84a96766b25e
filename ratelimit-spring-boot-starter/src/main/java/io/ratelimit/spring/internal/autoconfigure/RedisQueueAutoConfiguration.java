package io.ratelimit.spring.internal.autoconfigure;

import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.redis.RedisEventQueue;
import io.ratelimit.spring.RateLimitProperties;
import io.ratelimit.spring.RedisEventQueueCustomizer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.NoneNestedConditions;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/** The queue in Redis, if there is an address and the properties allow it. */
@AutoConfiguration(after = {Boot3RedisAutoConfiguration.class, Boot4RedisAutoConfiguration.class})
@OnEnabled
@ConditionalOnClass(RedisEventQueue.class)
@Conditional(RedisQueueAutoConfiguration.UnlessInMemory.class)
class RedisQueueAutoConfiguration {

  @Bean(destroyMethod = "close")
  @ConditionalOnBean(RedisAddress.class)
  @ConditionalOnMissingBean(EventQueue.class)
  RedisEventQueue auditEventQueue(
      RateLimitProperties properties,
      RedisAddress address,
      ObjectProvider<Limits> limits,
      ObjectProvider<RedisEventQueueCustomizer> customizers) {
    RateLimitProperties.Queue wanted = properties.queue();
    RedisEventQueue.Builder builder = RedisEventQueue.builder(Settings.limit(properties));
    address.addTo(builder);
    return Settings.read(
        () -> {
          builder
              .namespace(wanted.name())
              .commandTimeout(properties.redis().commandTimeout())
              .countedTypes(wanted.countedTypes())
              .retainDone(wanted.retainDone());
          if (properties.limitVersion() != null) {
            builder.limitVersion(properties.limitVersion());
          }
          if (properties.emergencyLimit() != null) {
            builder.ceiling(properties.emergencyLimit());
          }
          if (wanted.aging() != null) {
            builder.aging(wanted.aging());
          }
          if (wanted.failedAgeLimit() != null) {
            builder.failedAgeLimit(wanted.failedAgeLimit());
          }
          limits.ifUnique(builder::limits);
          customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
          return builder.connect();
        });
  }

  static final class UnlessInMemory extends NoneNestedConditions {
    UnlessInMemory() {
      super(ConfigurationPhase.PARSE_CONFIGURATION);
    }

    @ConditionalOnProperty(name = "ratelimit.queue.store", havingValue = "memory")
    static final class InMemory {}
  }
}
