package io.ratelimit.spring.internal.autoconfigure;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.time.Time;
import io.ratelimit.spring.RateLimitProperties;
import io.ratelimit.spring.RateLimitProperties.QueueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The in-memory queue, if there is no other. */
@AutoConfiguration(after = {RateLimitAutoConfiguration.class, RedisQueueAutoConfiguration.class})
@OnEnabled
class QueueAutoConfiguration {

  private static final Logger log = LoggerFactory.getLogger(QueueAutoConfiguration.class);

  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean(EventQueue.class)
  InMemoryEventQueue auditEventQueue(
      RateLimitProperties properties, ObjectProvider<Limits> limits, ObjectProvider<Time> time) {
    RateLimit limit = Settings.limit(properties);
    RateLimitProperties.Queue wanted = properties.queue();
    if (wanted.store() == QueueStore.REDIS) {
      throw new ConfigurationException(
          "ratelimit.queue.store is redis, but no Redis is configured.",
          "Add ratelimit-redis to the class path, and either Spring Data Redis with"
              + " spring.data.redis.* or ratelimit.redis.url. For a queue without a server,"
              + " set ratelimit.queue.store=memory.");
    }
    log.info(
        "The audit queue is in memory: it is lost with this JVM, and its limit, {}, holds in this"
            + " JVM only",
        limit);
    return Settings.read(
        () -> {
          InMemoryEventQueue.Builder builder =
              InMemoryEventQueue.builder(limit)
                  .name(wanted.name())
                  .countedTypes(wanted.countedTypes());
          if (wanted.aging() != null) {
            builder.aging(wanted.aging());
          }
          limits.ifUnique(builder::limits);
          time.ifUnique(builder::time);
          return builder.build();
        });
  }
}
