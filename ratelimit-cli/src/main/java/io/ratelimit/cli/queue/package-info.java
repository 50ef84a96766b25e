/** Commands on a queue in Redis. */
@NullMarked
package io.ratelimit.cli.queue;

import org.jspecify.annotations.NullMarked;
