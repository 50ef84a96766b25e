/** The rate limit manager as a Temporal workflow, its lanes as activities. */
@NullMarked
package io.ratelimit.temporal;

import org.jspecify.annotations.NullMarked;
