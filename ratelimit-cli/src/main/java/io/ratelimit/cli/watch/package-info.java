/** Views of a queue and its manager: one picture for the terminal, the browser and JSON. */
@NullMarked
package io.ratelimit.cli.watch;

import org.jspecify.annotations.NullMarked;
