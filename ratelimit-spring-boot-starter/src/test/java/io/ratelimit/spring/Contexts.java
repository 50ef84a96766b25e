package io.ratelimit.spring;

import java.time.Duration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DeferredImportSelector;
import org.springframework.context.annotation.Import;
import org.springframework.core.type.AnnotationMetadata;

/** Minimal applications, with Spring Boot's auto-configuration. */
final class Contexts {

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {}

  /** Only the starter's configurations. */
  @Configuration(proxyBeanMethods = false)
  @Import(StarterAlone.Names.class)
  static class StarterAlone {

    static final class Names implements DeferredImportSelector {
      @Override
      public String[] selectImports(AnnotationMetadata importing) {
        return ImportCandidates.load(AutoConfiguration.class, null).getCandidates().stream()
            .filter(name -> name.startsWith("io.ratelimit."))
            .toArray(String[]::new);
      }
    }
  }

  /** A fast limit and an in-memory queue. */
  static ApplicationContextRunner inMemory() {
    return bare().withPropertyValues("ratelimit.limit=1000/s", "ratelimit.queue.store=memory");
  }

  static ApplicationContextRunner bare() {
    return new ApplicationContextRunner()
        .withUserConfiguration(Application.class)
        .withPropertyValues("spring.data.redis.repositories.enabled=false");
  }

  /** Long enough for a busy machine. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private Contexts() {}
}
