package io.ratelimit.benchmarks.soak;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The course of a soak in ten parts, and its problems. Comparisons leave out the first part, which
 * loads, compiles and caches.
 */
final class Course {

  static final int PARTS = 10;

  private static final long HEAP_GROWTH = 2L << 20;
  private static final long STORE_GROWTH = 1L << 20;
  private static final double SLOWER = 2;
  private static final double MEGABYTE = 1 << 20;
  private static final double NANOS_PER_SECOND = 1e9;

  /** The JDK's own thread, one for the whole JVM from its first use. */
  private static final String TIMEOUTS_OF_THE_JDK = "CompletableFutureDelayScheduler";

  private static final long THREADS_END_MILLIS = 10_000;
  private static final long PAUSE_MILLIS = 100;

  private final String name;
  private final Store store;
  private final Set<Thread> threadsBefore = Thread.getAllStackTraces().keySet();
  private final long begin = System.nanoTime();
  private final List<Vitals> vitals = new ArrayList<>();
  private final List<Double> seconds = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();
  private long partBegin = processorNanos();

  Course(String name, Store store) {
    this.name = name;
    this.store = store;
  }

  /** Returns this JVM's CPU time, which other load affects less than elapsed time. */
  private static long processorNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /** Ends a part; the queue must be empty. */
  void endPart() throws IOException {
    seconds.add((processorNanos() - partBegin) / NANOS_PER_SECOND);
    vitals.add(Vitals.take(store));
    partBegin = processorNanos();
  }

  void violated(String sentence) {
    violations.add(sentence);
  }

  /** Ends the soak after everything that it opened is closed, and prints its row. */
  boolean end(String what) throws InterruptedException {
    List<String> left = threadsLeft();
    if (!left.isEmpty()) {
      violated("threads left: " + String.join(", ", left));
    }
    Vitals first = vitals.get(1);
    Vitals last = vitals.get(PARTS - 1);
    if (last.heapBytes() - first.heapBytes() > HEAP_GROWTH) {
      violated("the heap has grown");
    }
    long storeFirst = first.storeBytes().orElse(0);
    long storeLast = last.storeBytes().orElse(0);
    if (storeLast - storeFirst > STORE_GROWTH) {
      violated("Redis has grown");
    }
    double early = average(seconds.subList(1, PARTS / 2));
    double late = average(seconds.subList(PARTS / 2, PARTS));
    if (late > SLOWER * early) {
      violated(
          "the second half took a processor for more than %.0f times as long".formatted(SLOWER));
    }
    System.out.printf(
        Locale.ROOT,
        "| %s, %s | %s | %.0f s | %.1f → %.1f s | %.1f → %.1f MB | %s | %d | %s |%n",
        name,
        store.name(),
        what,
        (System.nanoTime() - begin) / NANOS_PER_SECOND,
        early,
        late,
        first.heapBytes() / MEGABYTE,
        last.heapBytes() / MEGABYTE,
        last.storeBytes().isPresent()
            ? String.format(
                Locale.ROOT, "%.2f → %.2f MB", storeFirst / MEGABYTE, storeLast / MEGABYTE)
            : "",
        left.size(),
        violations.isEmpty() ? "held" : "**" + String.join("; ", violations) + "**");
    return violations.isEmpty();
  }

  private static double average(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  private List<String> threadsLeft() throws InterruptedException {
    long until = System.nanoTime() + THREADS_END_MILLIS * 1_000_000;
    while (true) {
      List<String> left =
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> !threadsBefore.contains(thread))
              .map(Thread::getName)
              .filter(name -> !name.equals(TIMEOUTS_OF_THE_JDK))
              .toList();
      if (left.isEmpty() || System.nanoTime() > until) {
        return left;
      }
      Thread.sleep(PAUSE_MILLIS);
    }
  }
}
