package io.ratelimit.benchmarks.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Counts how often the threads of this process have gone to sleep, on Linux. */
final class ThreadSleeps {

  private static final Path TASKS = Path.of("/proc/self/task");
  private static final String SLEEPS = "voluntary_ctxt_switches:";

  private ThreadSleeps() {}

  /** Returns the counts by thread, so that a difference leaves out threads that have ended. */
  static Map<String, Long> byThread() {
    Map<String, Long> sleeps = new HashMap<>();
    if (!Files.isDirectory(TASKS)) {
      return sleeps;
    }
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
      for (Path task : tasks) {
        sleeps.put(task.getFileName().toString(), sleepsOf(task));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return sleeps;
  }

  private static long sleepsOf(Path task) throws IOException {
    try {
      return Files.readAllLines(task.resolve("status")).stream()
          .filter(line -> line.startsWith(SLEEPS))
          .mapToLong(line -> Long.parseLong(line.substring(SLEEPS.length()).strip()))
          .sum();
    } catch (NoSuchFileException | UncheckedIOException ended) {
      return 0;
    }
  }

  /** Returns how often threads went to sleep between two moments. */
  static long between(Map<String, Long> since, Map<String, Long> until) {
    return until.entrySet().stream()
        .mapToLong(thread -> thread.getValue() - since.getOrDefault(thread.getKey(), 0L))
        .sum();
  }
}
