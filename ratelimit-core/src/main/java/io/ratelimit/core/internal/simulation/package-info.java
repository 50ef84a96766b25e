/** Simulates an API in real time. */
@NullMarked
package io.ratelimit.core.internal.simulation;

import org.jspecify.annotations.NullMarked;
