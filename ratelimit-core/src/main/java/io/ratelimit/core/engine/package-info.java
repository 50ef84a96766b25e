/** The embedded engine: lanes on threads that drain a queue, and the loop that scales them. */
@CheckReturnValue
@NullMarked
package io.ratelimit.core.engine;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
