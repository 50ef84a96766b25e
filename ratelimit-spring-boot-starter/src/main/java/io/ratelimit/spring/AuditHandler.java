package io.ratelimit.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks what handles audit events: a method of a bean, or a bean that is a handler.
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
 * returns; or a {@link java.util.concurrent.CompletionStage}, and is done when that completes.
 * Anything else ends the start of the application. Static methods do not count.
 *
 * <p>A bean of type {@link io.ratelimit.core.handler.AuditEventHandler} or {@link
 * io.ratelimit.core.handler.AttemptHandler} handles all types that no other handler names; with
 * this annotation on its class or its {@code @Bean} method, those that are named.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface AuditHandler {

  /** Names the event types. Without one, all that no other handler names. */
  String[] value() default {};
}
