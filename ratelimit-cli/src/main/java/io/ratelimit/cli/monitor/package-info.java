/** The live screen in a terminal. */
@NullMarked
package io.ratelimit.cli.monitor;

import org.jspecify.annotations.NullMarked;
