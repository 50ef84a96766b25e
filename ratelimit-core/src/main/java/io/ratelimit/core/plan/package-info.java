/** The feasibility planner: can this backlog finish before its deadline, and what would it take. */
@NullMarked
package io.ratelimit.core.plan;

import org.jspecify.annotations.NullMarked;
