/** The feasibility planner: can this backlog finish before its deadline, and what would it take. */
@CheckReturnValue
@NullMarked
package io.ratelimit.core.plan;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
