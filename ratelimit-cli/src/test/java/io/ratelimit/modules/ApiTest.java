package io.ratelimit.modules;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.http.HttpAuditHandler;
import io.ratelimit.jackson.JacksonCodec;
import io.ratelimit.micrometer.QueueMetrics;
import io.ratelimit.opentelemetry.RateLimitTracing;
import io.ratelimit.redis.RedisEventQueue;
import io.ratelimit.spring.RateLimitProperties;
import io.ratelimit.temporal.RateLimitClient;
import io.ratelimit.testkit.queue.EventQueueContract;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What each library module promises is what its {@code api.txt} lists. */
class ApiTest {

  static Stream<Arguments> modules() {
    return Stream.of(
        Arguments.of("ratelimit-core", AuditEngine.class),
        Arguments.of("ratelimit-redis", RedisEventQueue.class),
        Arguments.of("ratelimit-temporal", RateLimitClient.class),
        Arguments.of("ratelimit-micrometer", QueueMetrics.class),
        Arguments.of("ratelimit-opentelemetry", RateLimitTracing.class),
        Arguments.of("ratelimit-jackson", JacksonCodec.class),
        Arguments.of("ratelimit-http", HttpAuditHandler.class),
        Arguments.of("ratelimit-spring-boot-starter", RateLimitProperties.class),
        Arguments.of("ratelimit-testkit", EventQueueContract.class));
  }

  @ParameterizedTest
  @MethodSource("modules")
  void isWhatWasAgreed(String module, Class<?> anyOfIts) throws Exception {
    ApiListing.ofModuleWith(anyOfIts).requireSameAs(Path.of("..", module, "api.txt"));
  }

  @ParameterizedTest
  @MethodSource("modules")
  void namesNothingInternal(String module, Class<?> anyOfIts) {
    assertThat(ApiListing.ofModuleWith(anyOfIts).linesWithInternals()).isEmpty();
  }
}
