package io.ratelimit.benchmarks.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.redisson.Redisson;
import org.redisson.api.RQueue;
import org.redisson.api.RRateLimiter;
import org.redisson.api.RateType;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;

/** Redisson: a queue and a separate rate limiter. */
final class RedissonPeer implements AutoCloseable {

  private final RedissonClient client;
  private final RRateLimiter limiter;
  private final RQueue<String> queue;

  /** Connects to a limiter with this many permits per second. */
  RedissonPeer(String uri, long permits) {
    Config config = new Config();
    config.setLazyInitialization(false);
    config.useSingleServer().setAddress(uri);
    this.client = Redisson.create(config);
    this.limiter = client.getRateLimiter("redisson-limit");
    boolean unused = limiter.trySetRate(RateType.OVERALL, permits, Duration.ofSeconds(1));
    this.queue = client.getQueue("redisson-queue", StringCodec.INSTANCE);
  }

  void publish(int events) {
    List<String> all = new ArrayList<>();
    for (int n = 0; n < events; n++) {
      all.add("event-" + n);
    }
    boolean unused = queue.addAll(all);
  }

  /** Waits for a permit. */
  void acquire() {
    limiter.acquire();
  }

  /**
   * Takes a permit, then an event: two steps without a lease, so there is nothing to acknowledge.
   */
  int take() {
    limiter.acquire();
    return queue.poll() == null ? 0 : 1;
  }

  @Override
  public void close() {
    client.shutdown(0, 2, TimeUnit.SECONDS);
  }
}
