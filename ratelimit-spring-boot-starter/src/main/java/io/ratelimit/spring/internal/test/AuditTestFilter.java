package io.ratelimit.spring.internal.test;

import io.ratelimit.core.engine.EngineListener;
import io.ratelimit.core.handler.AttemptHandler;
import io.ratelimit.core.handler.AttemptInterceptor;
import io.ratelimit.core.handler.AuditEventHandler;
import io.ratelimit.core.handler.FailureClassifier;
import io.ratelimit.core.queue.PublishInterceptor;
import io.ratelimit.core.scaling.ScalingPolicy;
import io.ratelimit.spring.AuditEngineCustomizer;
import io.ratelimit.spring.AuditHandler;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.TypeExcludeFilter;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.core.type.classreading.MetadataReader;
import org.springframework.core.type.classreading.MetadataReaderFactory;
import org.springframework.core.type.filter.AssignableTypeFilter;
import org.springframework.core.type.filter.TypeFilter;

/** Excludes beans unrelated to handlers from the application's component scan. */
final class AuditTestFilter extends TypeExcludeFilter {

  private static final List<TypeFilter> WANTED =
      List.of(
          new AssignableTypeFilter(AuditEventHandler.class),
          new AssignableTypeFilter(AttemptHandler.class),
          new AssignableTypeFilter(AttemptInterceptor.class),
          new AssignableTypeFilter(PublishInterceptor.class),
          new AssignableTypeFilter(FailureClassifier.class),
          new AssignableTypeFilter(EngineListener.class),
          new AssignableTypeFilter(ScalingPolicy.class),
          new AssignableTypeFilter(AuditEngineCustomizer.class));

  @Override
  public boolean match(MetadataReader reader, MetadataReaderFactory factory) throws IOException {
    AnnotationMetadata annotations = reader.getAnnotationMetadata();
    if (annotations.hasAnnotatedMethods(AuditHandler.class.getName())) {
      return false;
    }
    for (TypeFilter wanted : WANTED) {
      if (wanted.match(reader, factory)) {
        return false;
      }
    }
    return true;
  }

  /** Returns true for any other filter: Spring's cache of contexts compares filters. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AuditTestFilter;
  }

  @Override
  public int hashCode() {
    return AuditTestFilter.class.hashCode();
  }
}
