/** Time as a dependency: reading it and waiting for it. */
@NullMarked
package io.ratelimit.core.time;

import org.jspecify.annotations.NullMarked;
