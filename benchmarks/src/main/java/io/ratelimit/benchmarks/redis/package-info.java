/**
 * Measurements over Redis, beside peers; {@link io.ratelimit.benchmarks.redis.RedisBenchmark} runs
 * them. See {@code docs/benchmarks.md}.
 */
package io.ratelimit.benchmarks.redis;
