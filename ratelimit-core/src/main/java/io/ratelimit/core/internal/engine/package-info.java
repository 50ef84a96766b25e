/**
 * The embedded engine's insides: lanes on threads, the loops that feed and watch them, the
 * controller.
 */
@NullMarked
package io.ratelimit.core.internal.engine;

import org.jspecify.annotations.NullMarked;
