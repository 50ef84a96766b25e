package io.ratelimit.benchmarks.redis;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.engine.EngineListener;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.redis.RedisEventQueue;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A process whose lanes share a limit with those of other processes. Arguments: limiter, URI,
 * permits per second, burst, margin in milliseconds, lanes. It prints "ready", begins at the first
 * input on standard input, and stops at its end. Then it prints each start in microseconds: by
 * Redis's timestamp, or its own if there is none, and by its own clock.
 */
final class LimitedProcess {

  static final String NAMESPACE = "exactness";

  private static final Duration WORK = Duration.ofMillis(5);

  private final int lanes;
  private final Queue<String> starts = new ConcurrentLinkedQueue<>();

  private LimitedProcess(int lanes) {
    this.lanes = lanes;
  }

  /** Stands for a limit's default burst. */
  static final int DEFAULT_BURST = 0;

  static RateLimit limit(int permits, int burst, int marginMillis) {
    RateLimit limit = RateLimit.of(permits).perSecond().withMargin(Duration.ofMillis(marginMillis));
    return burst == DEFAULT_BURST ? limit : limit.withBurst(burst);
  }

  public static void main(String[] arguments) throws IOException {
    String uri = arguments[1];
    int permits = Integer.parseInt(arguments[2]);
    LimitedProcess process = new LimitedProcess(Integer.parseInt(arguments[5]));
    Runnable begin =
        switch (arguments[0]) {
          case "queue" -> {
            int burst = Integer.parseInt(arguments[3]);
            int margin = Integer.parseInt(arguments[4]);
            yield process.engine(
                RedisEventQueue.connect(uri, NAMESPACE, limit(permits, burst, margin)));
          }
          case "redisson" -> process.lanes(new RedissonPeer(uri, permits)::acquire);
          case "bucket4j" -> process.lanes(new Bucket4jPeer(uri, permits)::acquire);
          default -> throw new IllegalArgumentException("no limiter is called " + arguments[0]);
        };
    System.out.println("ready");
    if (System.in.read() >= 0) {
      begin.run();
      process.awaitEnd();
    }
    System.exit(0);
  }

  /** Returns the library as a host embeds it. */
  private Runnable engine(RedisEventQueue queue) {
    AuditEngine engine =
        AuditEngine.builder(queue)
            .handler(
                event -> {
                  Thread.sleep(WORK.toMillis());
                })
            .workers(lanes, lanes)
            .listener(
                new EngineListener() {
                  @Override
                  public void attemptStarted(Lease lease, int worker) {
                    started(micros(lease.takenAt()), micros(Instant.now()));
                  }
                })
            .build();
    return engine::start;
  }

  /** Waits for a permit. */
  private interface Permits {
    void acquire() throws InterruptedException;
  }

  private Runnable lanes(Permits permits) {
    return () -> {
      for (int n = 0; n < lanes; n++) {
        Thread thread = new Thread(() -> lane(permits), "lane");
        thread.setDaemon(true);
        thread.start();
      }
    };
  }

  private void lane(Permits permits) {
    try {
      while (true) {
        permits.acquire();
        long now = micros(Instant.now());
        started(now, now);
        Thread.sleep(WORK.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void started(long stamp, long own) {
    starts.add(stamp + " " + own);
  }

  private static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  private void awaitEnd() throws IOException {
    while (System.in.read() >= 0) {
      // Until the parent process closes the pipe or ends.
    }
    System.out.println(String.join("\n", starts));
    System.out.flush();
  }
}
