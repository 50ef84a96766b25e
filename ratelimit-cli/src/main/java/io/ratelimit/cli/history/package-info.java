/** The commands that show the history of rounds and the forecast. */
@NullMarked
package io.ratelimit.cli.history;

import org.jspecify.annotations.NullMarked;
