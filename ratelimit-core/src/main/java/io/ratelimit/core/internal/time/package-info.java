/** Arithmetic with times. */
@NullMarked
package io.ratelimit.core.internal.time;

import org.jspecify.annotations.NullMarked;
