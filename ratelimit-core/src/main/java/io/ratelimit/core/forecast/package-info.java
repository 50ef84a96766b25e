/**
 * How many events the next round will bring: models of series of rounds, and how far to trust them.
 * Pure.
 */
@CheckReturnValue
@NullMarked
package io.ratelimit.core.forecast;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
