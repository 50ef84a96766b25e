/** Logging of repeated problems. */
@CheckReturnValue
@NullMarked
package io.ratelimit.core.internal.log;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
