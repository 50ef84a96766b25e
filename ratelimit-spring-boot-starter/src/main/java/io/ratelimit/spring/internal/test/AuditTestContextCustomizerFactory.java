package io.ratelimit.spring.internal.test;

import io.ratelimit.spring.test.AuditTest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.TestContextAnnotationUtils;

/** Applies {@link AuditTest}. */
final class AuditTestContextCustomizerFactory implements ContextCustomizerFactory {

  AuditTestContextCustomizerFactory() {}

  @Override
  public @Nullable ContextCustomizer createContextCustomizer(
      Class<?> testClass, List<ContextConfigurationAttributes> configAttributes) {
    AuditTest slice = TestContextAnnotationUtils.findMergedAnnotation(testClass, AuditTest.class);
    return slice == null ? null : new AuditTestContextCustomizer(List.of(slice.properties()));
  }
}
