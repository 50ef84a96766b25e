package io.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command line as a process of its own, as a shell starts it. */
@Timeout(120)
class ProcessTest {

  @TempDir private Path folder;
  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void endAll() {
    processes.forEach(Process::destroyForcibly);
  }

  private Path out() {
    return folder.resolve("out");
  }

  private Path err() {
    return folder.resolve("err");
  }

  private Process start(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out().toFile()).redirectError(err().toFile());
    // Otherwise the JVM says on standard error that it picked them up.
    builder.environment().keySet().removeIf(name -> name.endsWith("_OPTIONS"));
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  private int exitCode(Process process) throws InterruptedException {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ends by itself").isTrue();
    return process.exitValue();
  }

  @Test
  void resultsGoToStandardOutput() throws Exception {
    assertThat(exitCode(start("plan", "--json"))).isZero();

    assertThat(out()).content().startsWith("{").contains("\"bottleneck\"");
    assertThat(err()).isEmptyFile();
  }

  @Test
  void errorsGoToStandardErrorAndTheExitCodeSaysSo() throws Exception {
    assertThat(exitCode(start("plan", "--events", "0"))).isEqualTo(2);

    assertThat(out()).isEmptyFile();
    assertThat(err()).content().startsWith("ratelimit plan: ").doesNotContain("Exception");
  }

  @Test
  void beingToldToEndStillBringsTheReport() throws Exception {
    Process demo = start("demo", "--speedup", "1");
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> Files.readString(out()).contains("deadline in danger"));

    demo.destroy();

    assertThat(exitCode(demo)).isIn(130, 143);
    assertThat(out()).content().contains("INTERRUPTED: ", "Balance     even");
    assertThat(err()).isEmptyFile();
  }
}
