/**
 * Long runs that look for what grows; {@link io.ratelimit.benchmarks.soak.Soak} makes them. See
 * {@code docs/reliability.md}.
 */
@NullMarked
package io.ratelimit.benchmarks.soak;

import org.jspecify.annotations.NullMarked;
