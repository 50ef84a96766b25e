/** What forecasts are good for: rounds in virtual time, with each way to forecast and without. */
@NullMarked
package io.ratelimit.benchmarks.forecast;

import org.jspecify.annotations.NullMarked;
