/**
 * Injected faults under a live load of three processes; {@link
 * io.ratelimit.benchmarks.faults.FaultMatrix} runs them. See {@code docs/reliability.md}.
 */
@NullMarked
package io.ratelimit.benchmarks.faults;

import org.jspecify.annotations.NullMarked;
