/** Options that several commands share, and the values that are written behind them. */
@NullMarked
package io.ratelimit.cli.option;

import org.jspecify.annotations.NullMarked;
