/** What travels through Temporal, and its form. */
@CheckReturnValue
@NullMarked
package io.ratelimit.temporal.internal.wire;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
