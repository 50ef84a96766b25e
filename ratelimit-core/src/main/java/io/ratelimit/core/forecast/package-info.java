/**
 * How many events the next round will bring, and how far that is relied on: {@link RoundForecast}
 * is for screens, {@link Forecaster} for hosts with a model of their own. Pure.
 */
@CheckReturnValue
@NullMarked
package io.ratelimit.core.forecast;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
