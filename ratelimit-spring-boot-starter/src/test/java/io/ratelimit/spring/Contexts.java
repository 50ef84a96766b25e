package io.ratelimit.spring;

import java.time.Duration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

/** Applications as small as can be, with all that Spring Boot configures by itself. */
final class Contexts {

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {}

  /** With a limit that holds nobody up, and a queue that needs no server. */
  static ApplicationContextRunner inMemory() {
    return bare().withPropertyValues("ratelimit.limit=1000/s", "ratelimit.queue.store=memory");
  }

  static ApplicationContextRunner bare() {
    return new ApplicationContextRunner().withUserConfiguration(Application.class);
  }

  /** Long enough for a busy machine. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private Contexts() {}
}
