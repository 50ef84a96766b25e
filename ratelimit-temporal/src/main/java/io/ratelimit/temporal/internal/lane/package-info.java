/** Lanes, each of which is an activity. */
@CheckReturnValue
@NullMarked
package io.ratelimit.temporal.internal.lane;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
