package io.ratelimit.redis;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.redis.internal.wire.Micros;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;

/**
 * A process with lanes. Arguments: URI, namespace, number of lanes, lease and work in milliseconds,
 * and a file to which the time of each start is appended, in microseconds by the clock of Redis. It
 * runs until its standard input ends.
 */
@SuppressWarnings("try") // Resources that only have to be closed.
final class LaneProcess {

  public static void main(String[] arguments) throws IOException {
    Path file = Path.of(arguments[5]);
    try (RedisEventQueue queue =
            RedisEventQueue.connect(arguments[0], arguments[1], RateLimit.of(1).perMinute());
        Lanes lanes =
            new Lanes(
                queue,
                Integer.parseInt(arguments[2]),
                Duration.ofMillis(Long.parseLong(arguments[3])),
                Duration.ofMillis(Long.parseLong(arguments[4])),
                lease -> append(file, Micros.floor(lease.takenAt())))) {
      while (System.in.read() >= 0) {
        // Until the parent process closes the pipe or ends.
      }
    }
  }

  private static void append(Path file, long start) {
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

  private LaneProcess() {}
}
