package io.ratelimit.spring.internal.test;

import java.util.List;
import java.util.stream.Stream;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;
import org.springframework.test.context.support.TestPropertySourceUtils;

/**
 * Removes from an application what the slice does not need.
 *
 * @param properties the test's own, which take precedence
 */
record AuditTestContextCustomizer(List<String> properties) implements ContextCustomizer {

  private static final List<String> OF_THE_SLICE =
      List.of(
          "spring.boot.enableautoconfiguration=false",
          "ratelimit.queue.store=memory",
          "ratelimit.engine.auto-startup=false",
          "ratelimit.temporal.enabled=false",
          // In deterministic time, threads take turns, and it must know them.
          "ratelimit.attempt.virtual-threads=false");

  @Override
  public void customizeContext(
      ConfigurableApplicationContext context, MergedContextConfiguration merged) {
    TestPropertySourceUtils.addInlinedPropertiesToEnvironment(
        context, Stream.concat(OF_THE_SLICE.stream(), properties.stream()).toArray(String[]::new));
    context
        .getBeanFactory()
        .registerSingleton(AuditTestFilter.class.getName(), new AuditTestFilter());
  }
}
