/** What happened in a round: recorded as it happens, reported when it is over. */
@CheckReturnValue
@NullMarked
package io.ratelimit.core.report;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
