/** Where a round's events come from: a file, or made up from a seed. */
@NullMarked
package io.ratelimit.cli.event;

import org.jspecify.annotations.NullMarked;
