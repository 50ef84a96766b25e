package io.ratelimit.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.THROWABLE;

import io.ratelimit.core.AttemptTerms;
import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.EventTypes;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.WorkerRange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The properties in application.yaml and their effects. */
class PropertiesTest {

  @Test
  void areWhatTheLibraryHasByDefault() {
    Contexts.inMemory()
        .run(
            context -> {
              RateLimitProperties properties = context.getBean(RateLimitProperties.class);
              assertThat(properties.attemptTerms())
                  .isEqualTo(AttemptTerms.DEFAULT.withShutdownGrace(Duration.ofSeconds(20)));
              assertThat(properties.roundTerms())
                  .isEqualTo(
                      RoundTerms.DEFAULT.withRetriesOf(properties.attemptTerms().retryPolicy()));
              assertThat(properties.types().all()).isEqualTo(EventTypes.standard().all());
            });
  }

  @Test
  void bindFromStrings() {
    Contexts.inMemory()
        .withPropertyValues(
            "ratelimit.limit=20/m burst 4 margin 1s",
            "ratelimit.emergency-limit=60/m",
            "ratelimit.deadline=4m",
            "ratelimit.confidence=99%",
            "ratelimit.workers=2-6",
            "ratelimit.expectations.failure-rate=0.05",
            "ratelimit.attempt.timeout=30s",
            "ratelimit.attempt.retry.max-retries=5",
            "ratelimit.event-types[0].name=MARGIN_CALL",
            "ratelimit.event-types[0].priority=high",
            "ratelimit.event-types[0].processing-time=5s")
        .run(
            context -> {
              RateLimitProperties properties = context.getBean(RateLimitProperties.class);
              RoundTerms terms = properties.roundTerms();
              assertThat(properties.limit())
                  .isEqualTo(
                      RateLimit.of(20).perMinute().withBurst(4).withMargin(Duration.ofSeconds(1)));
              assertThat(terms.emergencyLimit()).contains(RateLimit.of(60).perMinute());
              assertThat(terms.deadline()).isEqualTo(Duration.ofMinutes(4));
              assertThat(terms.confidence().share()).isEqualTo(0.99);
              assertThat(terms.workers()).isEqualTo(new WorkerRange(2, 6));
              assertThat(terms.expectations().failureRate()).isEqualTo(0.05);
              assertThat(terms.expectations().retries()).isEqualTo(5);
              assertThat(properties.attemptTerms().handlerTimeout())
                  .isEqualTo(Duration.ofSeconds(30));
              EventType type = context.getBean(EventTypes.class).get("MARGIN_CALL");
              assertThat(type.priority()).isEqualTo(Priority.HIGH);
              assertThat(type.processingTime()).isEqualTo(Duration.ofSeconds(5));
            });
  }

  @ParameterizedTest
  @CsvSource({
    "ratelimit.limit,         20 a minute, a rate limit must look like 20/m",
    "ratelimit.limit,         0/m,         permits must be",
    "ratelimit.limit-version, soon,        soon",
    "ratelimit.workers,       many,        a range of workers must look like 1-10 or 4",
    "ratelimit.workers,       6-2,         6",
    "ratelimit.confidence,    surely,      a confidence must look like 99.9% or 0.999",
    "ratelimit.confidence,    100%,        confidence must be 0.5 to 0.99999",
    "ratelimit.deadline,      0s,          deadline must be",
    "ratelimit.attempt.lease, -1s,         lease must be",
    "ratelimit.emergency-limit, 1/m,       emergency limit must be at least as fast",
  })
  void areRefusedInWords(String name, String value, String words) {
    Contexts.inMemory()
        .withUserConfiguration(Handlers.Method.class)
        .withPropertyValues(name + '=' + value)
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .asInstanceOf(THROWABLE)
                    .rootCause()
                    .hasMessageContaining(words));
  }

  @Test
  void areKnownToEditors() throws IOException {
    try (InputStream metadata =
        RateLimitProperties.class.getResourceAsStream(
            "/META-INF/spring-configuration-metadata.json")) {
      assertThat(new String(metadata.readAllBytes(), StandardCharsets.UTF_8))
          .contains(
              "\"ratelimit.limit\"",
              "\"ratelimit.limit-version\"",
              "\"ratelimit.queue.store\"",
              "how confidently the deadline");
    }
  }

  @Test
  void keepPasswordsToThemselves() {
    assertThat(new RateLimitProperties.Redis("redis://:secret@host", null, Duration.ofSeconds(2)))
        .asString()
        .doesNotContain("secret");
  }
}
