package io.ratelimit.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.testkit.server.Loopback;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Messages of an application that does not start. */
@ExtendWith(OutputCaptureExtension.class)
class FailureAnalysisTest {

  private static void startInVain(Class<?> configuration, String... properties) {
    SpringApplication application =
        new SpringApplication(Contexts.Application.class, configuration);
    application.setWebApplicationType(WebApplicationType.NONE);
    String[] arguments =
        Stream.concat(Arrays.stream(properties), Stream.of("spring.main.banner-mode=off"))
            .map(property -> "--" + property)
            .toArray(String[]::new);
    assertThatThrownBy(() -> application.run(arguments)).isInstanceOf(Exception.class);
  }

  @Test
  void saysThatTheLimitIsMissing(CapturedOutput output) {
    startInVain(Handlers.Method.class, "ratelimit.queue.store=memory");
    assertThat(output)
        .contains("APPLICATION FAILED TO START")
        .contains("ratelimit.limit is not set")
        .contains("Set ratelimit.limit, for example to 20/m")
        .doesNotContain("\tat ");
  }

  @Test
  void saysThatRedisIsNotThere(CapturedOutput output) {
    startInVain(
        Handlers.Method.class,
        "ratelimit.limit=20/m",
        "spring.data.redis.port=" + Loopback.freePort());
    assertThat(output)
        .contains("APPLICATION FAILED TO START")
        .contains("cannot be reached")
        .contains("ratelimit.queue.store=memory")
        .doesNotContain("\tat ");
  }

  @Test
  void saysHowAValueIsWritten(CapturedOutput output) {
    startInVain(Handlers.Method.class, "ratelimit.limit=20 a minute");
    assertThat(output)
        .contains("APPLICATION FAILED TO START")
        .contains("ratelimit.limit")
        .contains("a rate limit must look like 20/m")
        .doesNotContain("\tat ");
  }

  @Test
  void saysWhatToDoAboutTwoHandlers(CapturedOutput output) {
    startInVain(EngineTest.Two.class, "ratelimit.limit=20/m", "ratelimit.queue.store=memory");
    assertThat(output)
        .contains("APPLICATION FAILED TO START")
        .contains("Remove one, or name the types of each with @AuditHandler(\"TYPE\")");
  }

  @Test
  void saysWhatTemporalLacks(CapturedOutput output) {
    startInVain(
        Handlers.Method.class,
        "ratelimit.limit=20/m",
        "ratelimit.queue.store=memory",
        "ratelimit.temporal.enabled=true");
    assertThat(output)
        .contains("APPLICATION FAILED TO START")
        .contains("neither one bean of type WorkerFactory")
        .contains("temporal-spring-boot-starter");
  }
}
