/** Runs scripts within a timeout, and says what each failure means for the events. */
@CheckReturnValue
@NullMarked
package io.ratelimit.redis.internal.store;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
