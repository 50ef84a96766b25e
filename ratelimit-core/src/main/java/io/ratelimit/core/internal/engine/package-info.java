/**
 * The internals of the embedded engine: lanes on threads, the loops that feed and watch them, and
 * the scaling controller.
 */
@NullMarked
package io.ratelimit.core.internal.engine;

import org.jspecify.annotations.NullMarked;
