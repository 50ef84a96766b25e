package io.ratelimit.spring.internal.autoconfigure;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.handler.AsyncAttemptHandler;
import io.ratelimit.core.handler.AttemptContext;
import io.ratelimit.core.handler.AttemptHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.util.ReflectionUtils;

/**
 * A method of a bean that handles events. The bean is created with the first event, so it may
 * depend on the engine.
 */
final class HandlerMethod {

  private final Method method;
  private final Supplier<Object> bean;

  /**
   * Creates a handler.
   *
   * @throws ConfigurationException if the method's parameters or result do not fit a handler
   */
  HandlerMethod(Method method, Supplier<Object> bean) {
    this.method = method;
    this.bean = bean;
    boolean takesEvents =
        method.getParameterCount() > 0
            && Arrays.stream(method.getParameterTypes())
                .allMatch(type -> type == AuditEvent.class || type == AttemptContext.class);
    if (!takesEvents || !(isAsync() || method.getReturnType() == void.class)) {
      throw new ConfigurationException(
          "The @AuditHandler method "
              + method.toGenericString()
              + " cannot handle events: it must take an AuditEvent, an AttemptContext or both, and"
              + " return nothing or a CompletionStage.",
          "Change the method. If it returns a reactive type, return its toFuture() instead.");
    }
  }

  boolean isAsync() {
    return CompletionStage.class.isAssignableFrom(method.getReturnType());
  }

  AttemptHandler blocking() {
    return (event, attempt) -> {
      Object unused = call(event, attempt);
    };
  }

  AsyncAttemptHandler async() {
    return (event, attempt) ->
        (CompletionStage<?>)
            requireNonNull(call(event, attempt), () -> method + " returned no stage, but null");
  }

  private @Nullable Object call(AuditEvent event, AttemptContext attempt) throws Exception {
    Object target = bean.get();
    Method invocable = AopUtils.selectInvocableMethod(method, target.getClass());
    ReflectionUtils.makeAccessible(invocable);
    Object[] arguments =
        Arrays.stream(method.getParameterTypes())
            .map(type -> type == AuditEvent.class ? event : attempt)
            .toArray();
    try {
      return invocable.invoke(target, arguments);
    } catch (InvocationTargetException thrown) {
      if (thrown.getTargetException() instanceof Error error) {
        throw error;
      }
      throw (Exception) thrown.getTargetException();
    }
  }
}
