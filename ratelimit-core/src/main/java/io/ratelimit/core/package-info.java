/** The terms that the engine, the planner, the simulator and the Temporal manager share. */
@NullMarked
package io.ratelimit.core;

import org.jspecify.annotations.NullMarked;
