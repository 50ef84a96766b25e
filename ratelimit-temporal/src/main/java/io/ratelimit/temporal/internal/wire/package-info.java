/** The values that travel through Temporal, and their form. */
@CheckReturnValue
@NullMarked
package io.ratelimit.temporal.internal.wire;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
