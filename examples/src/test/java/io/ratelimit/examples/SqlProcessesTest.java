package io.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.StoredEventQueue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.h2.tools.Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that share a database never exceed the limit, and do each event once. */
class SqlProcessesTest {

  private static final int EVENTS = 150;
  private static final int PROCESSES = 3;

  @TempDir private Path directory;

  private Process start(String url, int number) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            SqlWorker.class.getName(),
            url,
            "process-" + number)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .redirectOutput(directory.resolve(number + ".txt").toFile())
        .start();
  }

  @Test
  void processesTogetherObeyTheLimit() throws Exception {
    Server server =
        Server.createTcpServer("-tcpPort", "0", "-baseDir", directory.toString(), "-ifNotExists")
            .start();
    List<Process> processes = new ArrayList<>();
    try {
      String url = "jdbc:h2:tcp://localhost:" + server.getPort() + "/./queue";
      SqlStore store = new SqlStore(TestDatabase.at(url), "audits").create();
      try (EventQueue queue = StoredEventQueue.builder(store, SqlWorker.LIMIT).build()) {
        queue.publish(
            IntStream.range(0, EVENTS)
                .mapToObj(i -> AuditEvent.of("e" + i, EventType.BALANCE_CHECK_REQUIRED, "w" + i))
                .toList());
        for (int i = 0; i < PROCESSES; i++) {
          processes.add(start(url, i));
        }
        for (Process process : processes) {
          assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
          assertThat(process.exitValue()).isZero();
        }
        judge(queue.stats());
      }
    } finally {
      processes.forEach(Process::destroyForcibly);
      server.stop();
    }
  }

  /** By what the processes said, and then by what the queue counted. */
  private void judge(QueueStats stats) throws IOException {
    List<String> done = new ArrayList<>();
    List<Instant> starts = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      List<String> lines = Files.readAllLines(directory.resolve(i + ".txt"));
      assertThat(lines).as("process %d takes its part", i).isNotEmpty();
      for (String line : lines) {
        done.add(line.substring(0, line.indexOf(' ')));
        starts.add(Instant.parse(line.substring(line.indexOf(' ') + 1)));
      }
    }
    assertThat(done).hasSize(EVENTS).doesNotHaveDuplicates();
    starts.sort(null);
    Duration window = SqlWorker.LIMIT.window();
    for (int i = SqlWorker.LIMIT.permits(); i < starts.size(); i++) {
      assertThat(Duration.between(starts.get(i - SqlWorker.LIMIT.permits()), starts.get(i)))
          .as("21 starts in a row up to number %d", i)
          .isGreaterThanOrEqualTo(window);
    }
    assertThat(stats.done()).isEqualTo(EVENTS);
    assertThat(stats.starts()).isEqualTo(EVENTS);
    assertThat(stats.isConserved()).isTrue();
  }
}
