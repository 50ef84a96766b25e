/** What a manager is told, and what it tells: options, status, names, failures. */
@CheckReturnValue
@NullMarked
package io.ratelimit.temporal.manager;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
