/** Waiting for permits. */
@NullMarked
package io.ratelimit.core.internal.limiter;

import org.jspecify.annotations.NullMarked;
