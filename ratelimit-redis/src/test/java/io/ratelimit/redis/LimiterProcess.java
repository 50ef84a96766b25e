package io.ratelimit.redis;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.limiter.RateLimiter;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.redis.internal.wire.Micros;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A process that calls the API without a queue. Arguments: URI, namespace, number of threads, and a
 * file to which the time of each start is appended, in microseconds by the clock of Redis. It runs
 * until its standard input ends.
 */
final class LimiterProcess {

  public static void main(String[] arguments) throws Exception {
    Path file = Path.of(arguments[3]);
    List<Thread> threads = new ArrayList<>();
    try (RateLimiter limiter =
        RedisRateLimiter.connect(arguments[0], arguments[1], RateLimit.of(1).perMinute())) {
      for (int n = 0; n < Integer.parseInt(arguments[2]); n++) {
        Thread thread = new Thread(() -> call(limiter, file));
        threads.add(thread);
        thread.start();
      }
      while (System.in.read() >= 0) {
        // Until the parent process closes the pipe or ends.
      }
      for (Thread thread : threads) {
        thread.interrupt();
        thread.join();
      }
    }
  }

  private static void call(RateLimiter limiter, Path file) {
    try {
      while (true) {
        AcquireResult.Granted granted = limiter.acquire();
        append(file, Micros.floor(granted.start()));
      }
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    }
  }

  private static synchronized void append(Path file, long start) {
    try {
      Files.write(
          file,
          List.of(Long.toString(start)),
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private LimiterProcess() {}
}
