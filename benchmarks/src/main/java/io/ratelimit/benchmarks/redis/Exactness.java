package io.ratelimit.benchmarks.redis;

import io.ratelimit.benchmarks.table.Table;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.redis.RedisEventQueue;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Measures how exact a limit is over three processes of ten lanes each, beside peers: its
 * utilization, and the largest number of starts in any window, by Redis's timestamps and by the
 * handlers' clock.
 */
final class Exactness {

  private static final int PROCESSES = 3;
  private static final int LANES = 10;
  private static final int MARGIN_MILLIS = 100;

  private final MeasuredRedis redis;
  private final boolean quick;
  private final Duration duration;
  private final int[] rates;

  Exactness(MeasuredRedis redis, boolean quick) {
    this.redis = redis;
    this.quick = quick;
    this.duration = Duration.ofMillis(quick ? 3_300 : 6_300);
    this.rates = quick ? new int[] {200} : new int[] {20, 200, 999};
  }

  void run() throws IOException, InterruptedException {
    Table table =
        new Table(
            28, "Limiter", "limit", "margin", "used", "by Redis", "by handlers", "takes margin");
    for (int permits : rates) {
      queue(table, "queue, default", permits, LimitedProcess.DEFAULT_BURST, 0);
      if (!quick) {
        queue(table, "queue, paced", permits, 1, 0);
      }
      queue(table, "queue, burst " + permits / 2, permits, permits / 2, 0);
      queue(table, "queue, burst " + permits / 2, permits, permits / 2, MARGIN_MILLIS);
      if (!quick) {
        peer(table, "Redisson RRateLimiter", permits, java("redisson", permits, 1, 0));
        peer(table, "Bucket4j over Lettuce", permits, java("bucket4j", permits, 1, 0));
      }
      if (BullMq.obstacle().isEmpty()) {
        peer(table, "BullMQ", permits, bullmq(permits));
      }
    }
    table.notes(
        List.of(
            "",
            "used: of the limit's permits, from the first start on. by Redis, by handlers: the most",
            "starts in any second, by the stamps of Redis (only the queue has them) and by the",
            "handlers' own clock. takes margin: the margin in ms with which no second is over by the",
            "handlers' clock, after what was seen in this run; 0 if none is."));
  }

  private void queue(Table table, String name, int permits, int burst, int margin)
      throws IOException, InterruptedException {
    redis.flush();
    int events = permits * (int) (duration.toSeconds() + 3);
    publish(LimitedProcess.limit(permits, burst, margin), events);
    Starts starts = measure(java("queue", permits, burst, margin));
    StartLog own = new StartLog(starts.own());
    StartLog stamps = new StartLog(starts.stamps());
    table.row(
        name,
        permits + "/s",
        margin + " ms",
        percent(stamps.utilization(permits, Duration.ofMillis(1_000 + margin))),
        stamps.largestWindow(),
        own.largestWindow(),
        Math.max(0, margin + own.shortfallMillis(permits)));
  }

  private void publish(RateLimit limit, int events) {
    try (RedisEventQueue queue =
        RedisEventQueue.builder(limit)
            .uri(redis.uri())
            .namespace(LimitedProcess.NAMESPACE)
            .startUp(RedisEventQueue.StartUp.FULL)
            .connect()) {
      queue.publish(
          IntStream.range(0, events)
              .mapToObj(n -> AuditEvent.of("event-" + n, EventType.of("TEST"), "wallet"))
              .toList());
    }
  }

  private void peer(Table table, String name, int permits, List<ProcessBuilder> commands)
      throws IOException, InterruptedException {
    redis.flush();
    StartLog own = new StartLog(measure(commands).own());
    table.row(
        name,
        permits + "/s",
        "",
        percent(own.utilization(permits, Duration.ofSeconds(1))),
        "",
        own.largestWindow(),
        "");
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  private List<ProcessBuilder> bullmq(int permits) {
    int jobs = permits * (int) (duration.toSeconds() + 4);
    return IntStream.range(0, PROCESSES)
        .mapToObj(
            n -> BullMq.command("exactness.mjs", redis.port(), permits, LANES, n == 0 ? jobs : 0))
        .toList();
  }

  private List<ProcessBuilder> java(String limiter, int permits, int burst, int margin) {
    return IntStream.range(0, PROCESSES)
        .mapToObj(
            n ->
                new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    LimitedProcess.class.getName(),
                    limiter,
                    redis.uri(),
                    Integer.toString(permits),
                    Integer.toString(burst),
                    Integer.toString(margin),
                    Integer.toString(LANES)))
        .toList();
  }

  private Starts measure(List<ProcessBuilder> commands) throws IOException, InterruptedException {
    List<Process> processes = new ArrayList<>();
    try {
      for (ProcessBuilder command : commands) {
        processes.add(command.redirectError(ProcessBuilder.Redirect.INHERIT).start());
      }
      for (Process process : processes) {
        awaitReady(process);
      }
      for (Process process : processes) {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
      }
      Thread.sleep(duration.toMillis());
      for (Process process : processes) {
        process.getOutputStream().close();
      }
      Starts starts = new Starts(new ArrayList<>(), new ArrayList<>());
      for (Process process : processes) {
        starts.read(process);
      }
      return starts;
    } finally {
      processes.forEach(Process::destroyForcibly);
    }
  }

  private static void awaitReady(Process process) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = process.getInputStream().read(); c != '\n'; c = process.getInputStream().read()) {
      if (c < 0) {
        throw new IOException("a process ended before it was ready: " + line);
      }
      line.append((char) c);
    }
  }

  /** The starts of all processes in microseconds, by both clocks. */
  private record Starts(List<Long> stamps, List<Long> own) {

    void read(Process process) throws IOException {
      for (String line : BullMq.output(process).lines().toList()) {
        if (!line.isBlank()) {
          String[] numbers = line.split(" ", 2);
          stamps.add(Long.parseLong(numbers[0]));
          own.add(Long.parseLong(numbers[1]));
        }
      }
    }
  }
}
