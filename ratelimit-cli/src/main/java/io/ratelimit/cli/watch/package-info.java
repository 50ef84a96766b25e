/** What is seen of a queue and its manager: one picture for terminal, browser and JSON. */
@NullMarked
package io.ratelimit.cli.watch;

import org.jspecify.annotations.NullMarked;
