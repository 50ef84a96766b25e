/** The commands of a limit in Redis that calls without an event draw from. */
@NullMarked
package io.ratelimit.cli.limiter;

import org.jspecify.annotations.NullMarked;
