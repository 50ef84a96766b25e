/** Time as a dependency: reading it and waiting for it. */
@CheckReturnValue
@NullMarked
package io.ratelimit.core.time;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
