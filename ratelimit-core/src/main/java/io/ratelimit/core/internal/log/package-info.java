/** What is logged of what happens again and again. */
@CheckReturnValue
@NullMarked
package io.ratelimit.core.internal.log;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
