/** Assertions about a round. */
@CheckReturnValue
@NullMarked
package io.ratelimit.testkit.report;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
