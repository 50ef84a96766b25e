/**
 * Audits over a real HTTP API: a handler that turns answers into outcomes, and what the API says of
 * its quota fed back into the queue's limit.
 */
@CheckReturnValue
@NullMarked
package io.ratelimit.http;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
