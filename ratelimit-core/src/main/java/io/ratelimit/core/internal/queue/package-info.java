/** Code that implementations of the queue share. */
@NullMarked
package io.ratelimit.core.internal.queue;

import org.jspecify.annotations.NullMarked;
