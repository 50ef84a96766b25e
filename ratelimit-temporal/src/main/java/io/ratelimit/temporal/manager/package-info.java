/** The input and output of managers: options, status, names, failures. */
@CheckReturnValue
@NullMarked
package io.ratelimit.temporal.manager;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
