/** The embedded engine: lanes on threads that drain a queue, and the loop that scales them. */
@NullMarked
package io.ratelimit.core.engine;

import org.jspecify.annotations.NullMarked;
