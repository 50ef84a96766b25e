/**
 * Pure, composable policies that decide how many workers and which limit a backlog and a deadline
 * require.
 */
@CheckReturnValue
@NullMarked
package io.ratelimit.core.scaling;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
