/** The rate limit manager as a Temporal workflow, its lanes as activities. */
@CheckReturnValue
@NullMarked
package io.ratelimit.temporal;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
