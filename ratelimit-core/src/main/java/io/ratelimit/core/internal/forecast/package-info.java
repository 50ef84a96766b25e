/** Forecasts rounds from those before. */
@NullMarked
package io.ratelimit.core.internal.forecast;

import org.jspecify.annotations.NullMarked;
