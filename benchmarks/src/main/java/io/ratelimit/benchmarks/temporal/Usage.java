package io.ratelimit.benchmarks.temporal;

import java.time.Duration;

/**
 * What was used up to a moment, or between two.
 *
 * @param nanos the time
 * @param server the time of a processor that Temporal's server used
 * @param redis the same of Redis
 * @param worker the same of this process, which is the worker
 */
record Usage(long nanos, Duration server, Duration redis, Duration worker) {

  /** Returns what all used until now. */
  static Usage now(ProcessHandle server, ProcessHandle redis) {
    return new Usage(
        System.nanoTime(), processor(server), processor(redis), processor(ProcessHandle.current()));
  }

  private static Duration processor(ProcessHandle process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  Usage since(Usage begin) {
    return new Usage(
        nanos - begin.nanos,
        server.minus(begin.server),
        redis.minus(begin.redis),
        worker.minus(begin.worker));
  }
}
