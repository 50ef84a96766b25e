package io.ratelimit.spring.internal.autoconfigure;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.EventTypes;
import io.ratelimit.core.handler.AsyncAttemptHandler;
import io.ratelimit.core.handler.AsyncAuditEventHandler;
import io.ratelimit.core.handler.AttemptHandler;
import io.ratelimit.core.handler.AuditEventHandler;
import io.ratelimit.core.handler.HandlerBuilder;
import io.ratelimit.spring.AuditHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ClassUtils;

/** Finds handlers among the beans of an application without creating them. */
final class HandlerBeans {

  /** Stands for all types that no handler names. */
  private static final String OTHERS = "";

  /**
   * A bean, or a method of one.
   *
   * @param types the names of the types; empty: all that no other handler names
   * @param method null if the bean itself is the handler
   */
  private record Found(String bean, Set<String> types, @Nullable Method method) {
    @Override
    public String toString() {
      return method == null
          ? "bean \"" + bean + '"'
          : "method " + ClassUtils.getQualifiedMethodName(method) + " of bean \"" + bean + '"';
    }
  }

  private final ConfigurableListableBeanFactory beans;

  HandlerBeans(ConfigurableListableBeanFactory beans) {
    this.beans = beans;
  }

  boolean areThere() {
    return !find().isEmpty();
  }

  /**
   * Adds all handlers to a builder.
   *
   * @throws ConfigurationException if two handle the same type
   */
  void addTo(HandlerBuilder<?> builder, EventTypes types) {
    Map<String, Found> byType = new LinkedHashMap<>();
    for (Found found : find()) {
      for (String type : found.types().isEmpty() ? Set.of(OTHERS) : found.types()) {
        Found earlier = byType.putIfAbsent(type, found);
        if (earlier != null) {
          throw new ConfigurationException(
              "Two beans handle events of "
                  + (type.equals(OTHERS) ? "all types that no other handler names" : "type " + type)
                  + ": "
                  + earlier
                  + " and "
                  + found
                  + '.',
              "Remove one, or name the types of each with @AuditHandler(\"TYPE\").");
        }
      }
    }
    byType.forEach((name, found) -> add(builder, typed(types, name), found));
  }

  private static @Nullable EventType typed(EventTypes types, String name) {
    return name.equals(OTHERS) ? null : Settings.read(() -> types.get(name));
  }

  private void add(HandlerBuilder<?> builder, @Nullable EventType type, Found found) {
    Object handler =
        found.method() == null ? beans.getBean(found.bean()) : methodOf(found, found.method());
    if (handler instanceof AsyncAttemptHandler async) {
      var unused = type == null ? builder.asyncHandler(async) : builder.asyncHandler(type, async);
    } else if (handler instanceof AttemptHandler blocking) {
      var unused = type == null ? builder.handler(blocking) : builder.handler(type, blocking);
    } else if (handler instanceof AsyncAuditEventHandler async) {
      var unused = type == null ? builder.asyncHandler(async) : builder.asyncHandler(type, async);
    } else {
      AuditEventHandler blocking = (AuditEventHandler) handler;
      var unused = type == null ? builder.handler(blocking) : builder.handler(type, blocking);
    }
  }

  private AttemptHandler methodOf(Found found, Method method) {
    HandlerMethod handler = new HandlerMethod(method, () -> beans.getBean(found.bean()));
    return handler.isAsync() ? handler.async() : handler.blocking();
  }

  private List<Found> find() {
    List<Found> found = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>();
    for (Class<?> type : List.of(AuditEventHandler.class, AttemptHandler.class)) {
      names.addAll(List.of(beans.getBeanNamesForType(type, true, false)));
    }
    names.removeIf(ScopedProxyUtils::isScopedTarget);
    for (String name : names) {
      AuditHandler named = beans.findAnnotationOnBean(name, AuditHandler.class, false);
      found.add(new Found(name, named == null ? Set.of() : Set.of(named.value()), null));
    }
    for (String name : beans.getBeanNamesForType(Object.class, true, false)) {
      if (!ScopedProxyUtils.isScopedTarget(name)) {
        addMethods(name, found);
      }
    }
    return found;
  }

  private void addMethods(String bean, List<Found> found) {
    Class<?> type = AutoProxyUtils.determineTargetClass(beans, bean);
    if (type == null || !AnnotationUtils.isCandidateClass(type, AuditHandler.class)) {
      return;
    }
    MethodIntrospector.selectMethods(ClassUtils.getUserClass(type), HandlerBeans::annotation)
        .forEach(
            (method, annotation) ->
                found.add(new Found(bean, Set.of(annotation.value()), requireNonNull(method))));
  }

  /** Ignores {@code @Bean} methods: there, the annotation describes the bean. */
  private static @Nullable AuditHandler annotation(Method method) {
    return Modifier.isStatic(method.getModifiers())
            || AnnotatedElementUtils.hasAnnotation(method, Bean.class)
        ? null
        : AnnotatedElementUtils.findMergedAnnotation(method, AuditHandler.class);
  }
}
