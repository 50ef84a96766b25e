/** The benefit of forecasts: rounds in virtual time, with each forecaster and without. */
@NullMarked
package io.ratelimit.benchmarks.forecast;

import org.jspecify.annotations.NullMarked;
