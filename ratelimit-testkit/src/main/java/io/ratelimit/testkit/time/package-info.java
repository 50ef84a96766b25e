/** A time in which every run of an engine has the same result. */
@CheckReturnValue
@NullMarked
package io.ratelimit.testkit.time;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
