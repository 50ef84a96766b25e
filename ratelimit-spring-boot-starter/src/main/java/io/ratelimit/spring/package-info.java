/**
 * The library in a Spring Boot application: beans that handle audit events, a queue for them, and
 * an engine or a Temporal worker, configured by {@code ratelimit.*}.
 *
 * <pre>{@code
 * @Component
 * class Audits {
 *   @AuditHandler
 *   void audit(AuditEvent event) { … }
 * }
 * }</pre>
 *
 * <p>Works with Spring Boot 3.5 and 4.
 */
@CheckReturnValue
@NullMarked
package io.ratelimit.spring;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
