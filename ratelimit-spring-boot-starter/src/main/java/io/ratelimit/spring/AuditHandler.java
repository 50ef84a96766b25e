package io.ratelimit.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a handler of audit events: a method of a bean, or a bean that is a handler.
 *
 * <pre>{@code
 * @AuditHandler
 * void audit(AuditEvent event) { … }
 *
 * @AuditHandler("MARGIN_CALL")
 * CompletionStage<?> addMargin(AuditEvent event, AttemptContext attempt) { … }
 * }</pre>
 *
 * <p>A method takes an {@link io.ratelimit.core.event.AuditEvent}, an {@link
 * io.ratelimit.core.handler.AttemptContext} or both. It returns nothing, and is done when it
 * returns; or it returns a {@link java.util.concurrent.CompletionStage}, and is done when that
 * completes. For anything else, the application does not start. Static methods are ignored.
 *
 * <p>A bean of type {@link io.ratelimit.core.handler.AuditEventHandler} or {@link
 * io.ratelimit.core.handler.AttemptHandler} handles all types that no other handler handles; with
 * this annotation on its class or its {@code @Bean} method, it handles the types that the
 * annotation names.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface AuditHandler {

  /** The names of the event types; if empty, all types that no other handler handles. */
  String[] value() default {};
}
