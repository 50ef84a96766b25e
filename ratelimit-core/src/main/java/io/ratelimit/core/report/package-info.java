/** Reports of rounds: recorded while a round runs, and returned when it is over. */
@CheckReturnValue
@NullMarked
package io.ratelimit.core.report;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
