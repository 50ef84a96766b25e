/** The events of a round: from a file, or generated from a seed. */
@NullMarked
package io.ratelimit.cli.event;

import org.jspecify.annotations.NullMarked;
