/**
 * How many workers, and which limit, a backlog and a deadline call for: pure, composable policies.
 */
@NullMarked
package io.ratelimit.core.scaling;

import org.jspecify.annotations.NullMarked;
