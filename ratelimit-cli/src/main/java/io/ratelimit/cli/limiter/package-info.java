/** Commands on a limit in Redis for calls without an event. */
@NullMarked
package io.ratelimit.cli.limiter;

import org.jspecify.annotations.NullMarked;
