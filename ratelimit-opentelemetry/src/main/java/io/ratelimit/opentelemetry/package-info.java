/**
 * Traces that continue from the publisher of an event to its handler, over every queue and under
 * Temporal, with OpenTelemetry.
 */
@CheckReturnValue
@NullMarked
package io.ratelimit.opentelemetry;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
