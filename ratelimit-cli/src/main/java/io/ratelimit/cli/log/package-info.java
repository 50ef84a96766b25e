/** What is logged, and how: one line for a cause, as text or as JSON, on standard error. */
@CheckReturnValue
@NullMarked
package io.ratelimit.cli.log;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
