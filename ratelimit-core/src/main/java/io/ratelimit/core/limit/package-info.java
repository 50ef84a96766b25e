/**
 * The exact rate limit: a pure state machine that decides when the next attempt may start.
 *
 * <p><b>To set limits</b>, read {@link RateLimit}, and with named limits {@link LimitKey}, {@link
 * KeyPattern} and {@link Charges}. {@link LimitSettings} and {@link NamedLimitSettings} say what is
 * in force.
 *
 * <p><b>Only to keep a limit in a store of your own</b> are {@link LimitState}, {@link KeyState}
 * and their answers, {@link Decision} and {@link Corrected}.
 */
@CheckReturnValue
@NullMarked
package io.ratelimit.core.limit;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
