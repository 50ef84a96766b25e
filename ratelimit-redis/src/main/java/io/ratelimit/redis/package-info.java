/** An event queue with its rate limit in Redis, shared by any number of processes. */
@NullMarked
package io.ratelimit.redis;

import org.jspecify.annotations.NullMarked;
