/** Runs handlers, and turns what they do into outcomes. */
@NullMarked
package io.ratelimit.core.internal.handler;

import org.jspecify.annotations.NullMarked;
