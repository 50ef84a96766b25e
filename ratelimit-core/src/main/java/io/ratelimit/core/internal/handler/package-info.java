/** Runs handlers, and turns their results into outcomes. */
@NullMarked
package io.ratelimit.core.internal.handler;

import org.jspecify.annotations.NullMarked;
