package io.ratelimit.benchmarks.redis;

/**
 * How many events were finished, and what it took.
 *
 * @param events how many
 * @param nanos the time
 * @param redisMicros the time of a processor that Redis used meanwhile, which other programs on the
 *     machine change less
 */
record Rate(long events, long nanos, double redisMicros) {

  static final Rate NONE = new Rate(0, 0, 0);

  /** Something that is to be measured. */
  interface Work {
    /** Returns how many events it finished. */
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

  /** Of Redis's processor for each event. */
  double microsPerEvent() {
    return redisMicros / events;
  }
}
