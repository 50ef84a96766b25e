/**
 * How many workers, and which limit, a backlog and a deadline call for: pure, composable policies.
 */
@CheckReturnValue
@NullMarked
package io.ratelimit.core.scaling;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
