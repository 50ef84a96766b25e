/** Logging: one line per cause, as text or JSON, on standard error. */
@CheckReturnValue
@NullMarked
package io.ratelimit.cli.log;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
