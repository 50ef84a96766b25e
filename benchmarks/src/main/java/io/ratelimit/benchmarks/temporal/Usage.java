package io.ratelimit.benchmarks.temporal;

import java.time.Duration;

/**
 * The usage up to a moment, or between two.
 *
 * @param nanos the elapsed time in nanoseconds
 * @param server the CPU time of the Temporal server
 * @param redis the CPU time of Redis
 * @param worker the CPU time of this process, which is the worker
 */
record Usage(long nanos, Duration server, Duration redis, Duration worker) {

  /** Returns the usage up to now. */
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
