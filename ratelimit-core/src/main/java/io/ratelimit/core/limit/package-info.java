/** The exact rate limit: a pure state machine that decides when the next attempt may start. */
@NullMarked
package io.ratelimit.core.limit;

import org.jspecify.annotations.NullMarked;
