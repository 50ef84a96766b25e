/**
 * Audits over a real HTTP API: a handler that converts answers to outcomes, and feedback of the
 * API's quota into the queue's limit.
 */
@CheckReturnValue
@NullMarked
package io.ratelimit.http;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
