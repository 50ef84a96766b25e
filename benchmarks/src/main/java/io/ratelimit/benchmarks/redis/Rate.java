package io.ratelimit.benchmarks.redis;

/**
 * How many events were finished, and the cost.
 *
 * @param events the number of events
 * @param nanos the elapsed time in nanoseconds
 * @param redisMicros Redis's CPU time in microseconds, which other load affects less
 */
record Rate(long events, long nanos, double redisMicros) {

  static final Rate NONE = new Rate(0, 0, 0);

  /** Work to measure. */
  interface Work {
    /** Does the work, and returns the number of events finished. */
    long run() throws InterruptedException;
  }

  static Rate of(MeasuredRedis redis, Work work) throws InterruptedException {
    double redisSince = redis.processorMicros();
    long since = System.nanoTime();
    long events = work.run();
    long nanos = System.nanoTime() - since;
    return new Rate(events, nanos, redis.processorMicros() - redisSince);
  }

  Rate plus(Rate other) {
    return new Rate(events + other.events, nanos + other.nanos, redisMicros + other.redisMicros);
  }

  double perSecond() {
    return events * 1e9 / nanos;
  }

  /** Returns Redis's CPU time per event. */
  double microsPerEvent() {
    return redisMicros / events;
  }
}
