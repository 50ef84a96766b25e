package io.ratelimit.spring.internal.autoconfigure;

import io.ratelimit.redis.RedisEventQueue;
import io.ratelimit.spring.RateLimitProperties;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/** The address in this library's own properties; it takes precedence over the application's. */
@AutoConfiguration(after = RateLimitAutoConfiguration.class)
@OnEnabled
@ConditionalOnClass(RedisEventQueue.class)
@Conditional(RedisUrlAutoConfiguration.OnUrl.class)
class RedisUrlAutoConfiguration {

  @Bean
  RedisAddress auditRedisAddress(RateLimitProperties properties) {
    String url = properties.redis().url();
    String clusterUrl = properties.redis().clusterUrl();
    if (url != null && clusterUrl != null) {
      throw new ConfigurationException(
          "Both ratelimit.redis.url and ratelimit.redis.cluster-url are set.",
          "Keep only the one that you want to use.");
    }
    return builder -> {
      var unused =
          Settings.read(
              () -> url == null ? builder.cluster(String.valueOf(clusterUrl)) : builder.uri(url));
    };
  }

  static final class OnUrl extends AnyNestedCondition {
    OnUrl() {
      super(ConfigurationPhase.PARSE_CONFIGURATION);
    }

    @ConditionalOnProperty("ratelimit.redis.url")
    static final class Url {}

    @ConditionalOnProperty("ratelimit.redis.cluster-url")
    static final class ClusterUrl {}
  }
}
