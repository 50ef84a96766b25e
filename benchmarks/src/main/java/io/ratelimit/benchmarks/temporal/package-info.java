/**
 * Measurements under Temporal, beside native activities; {@link
 * io.ratelimit.benchmarks.temporal.TemporalBenchmark} runs them. See {@code docs/benchmarks.md}.
 */
package io.ratelimit.benchmarks.temporal;
