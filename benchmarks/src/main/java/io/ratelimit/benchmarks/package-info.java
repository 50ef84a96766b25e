/**
 * JMH benchmarks of the core. {@code java -jar benchmarks/target/benchmarks.jar} runs them all; see
 * {@code docs/benchmarks.md}.
 */
package io.ratelimit.benchmarks;
