/** Timeouts for Temporal. */
@CheckReturnValue
@NullMarked
package io.ratelimit.temporal.internal.timeouts;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
