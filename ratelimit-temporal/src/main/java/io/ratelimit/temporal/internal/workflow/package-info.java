/** The workflow of a manager. No other package here may run in workflow code. */
@CheckReturnValue
@NullMarked
package io.ratelimit.temporal.internal.workflow;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
