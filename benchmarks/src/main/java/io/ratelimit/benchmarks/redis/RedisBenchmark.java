package io.ratelimit.benchmarks.redis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Measures the queue over Redis beside peers, and prints tables: how many events per second it
 * publishes and finishes, how soon a published event is taken, and how exact the limit is. It
 * starts its own Redis server, on the loopback address.
 */
public final class RedisBenchmark {

  private static final String QUICK = "--quick";
  private static final String THROUGHPUT = "throughput";
  private static final String LATENCY = "latency";
  private static final String EXACTNESS = "exactness";
  private static final List<String> SECTIONS = List.of(THROUGHPUT, LATENCY, EXACTNESS);

  private RedisBenchmark() {}

  /**
   * Runs.
   *
   * @param arguments the sections, out of {@code throughput}, {@code latency} and {@code
   *     exactness}, all by default; {@code --quick} for less than a minute
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    List<String> sections = new ArrayList<>(List.of(arguments));
    boolean quick = sections.remove(QUICK);
    if (!SECTIONS.containsAll(sections)) {
      System.err.println("arguments are " + QUICK + " and " + String.join(", ", SECTIONS));
      System.exit(2);
    }
    Set<String> chosen = Set.copyOf(sections.isEmpty() ? SECTIONS : sections);
    System.out.printf(
        "Java %s, %d processors; one Redis on the loopback, without persistence%n",
        Runtime.version(), Runtime.getRuntime().availableProcessors());
    RawScript.obstacle().ifPresent(System.out::println);
    BullMq.obstacle().ifPresent(System.out::println);
    try (MeasuredRedis redis = MeasuredRedis.start()) {
      if (chosen.contains(THROUGHPUT)) {
        new Throughput(redis, quick).run();
      }
      if (chosen.contains(LATENCY)) {
        new Latency(redis, quick).run();
      }
      if (chosen.contains(EXACTNESS)) {
        new Exactness(redis, quick).run();
      }
    }
    System.exit(0); // Ends threads that the peers leave behind.
  }
}
