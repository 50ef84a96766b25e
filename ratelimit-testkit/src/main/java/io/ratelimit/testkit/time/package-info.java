/** A time in which every run of an engine is the same. */
@CheckReturnValue
@NullMarked
package io.ratelimit.testkit.time;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
