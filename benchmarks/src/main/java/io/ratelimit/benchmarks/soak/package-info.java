/**
 * Long runs that look for anything that grows; {@link io.ratelimit.benchmarks.soak.Soak} runs them.
 * See {@code docs/reliability.md}.
 */
@NullMarked
package io.ratelimit.benchmarks.soak;

import org.jspecify.annotations.NullMarked;
