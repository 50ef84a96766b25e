package io.ratelimit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ratelimit.testkit.server.LocalRedis;
import java.io.File;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command line in a separate process, as a shell starts it. */
@Timeout(300)
class ProcessTest {

  /** A JVM starts slowly on a busy machine. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

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

  private Process start(String... arguments) throws IOException, InterruptedException {
    return start(
        CommandProcess.of(arguments).redirectOutput(out().toFile()).redirectError(err().toFile()));
  }

  private Process start(ProcessBuilder builder) throws IOException {
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  private int exitCode(Process process) throws InterruptedException {
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .as("ends by itself")
        .isTrue();
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
  void aFullDiskIsTold() throws Exception {
    File full = new File("/dev/full");
    assumeTrue(full.exists(), "needs /dev/full");

    Process plan =
        start(CommandProcess.of("plan").redirectOutput(full).redirectError(err().toFile()));

    assertThat(exitCode(plan)).isEqualTo(74);
    assertThat(err())
        .hasContent("ratelimit: the output cannot be written: No space left on device");
  }

  @Test
  void aReaderThatHasGoneIsTold() throws Exception {
    Process help = start(CommandProcess.of("generate-completion").redirectError(err().toFile()));
    help.getInputStream().close();

    assertThat(exitCode(help)).isEqualTo(141);
    assertThat(err()).isEmptyFile();
  }

  @Test
  void noEscapesAreWrittenWhereNoTerminalIs() throws Exception {
    assertThat(exitCode(start("simulate", "--runs", "1"))).isZero();

    assertThat(out()).content().contains("One run").doesNotContain("\u001b", "\r");
    assertThat(err()).isEmptyFile();
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void aSignalEndsItAsAShellExpectsButStillBringsTheReport(String signal, int exitCode)
      throws Exception {
    Process demo = start("demo", "--speedup", "1");
    await().atMost(PATIENCE).until(() -> Files.readString(out()).contains(" workers at "));

    assertThat(exitCode(start(new ProcessBuilder("kill", "-" + signal, Long.toString(demo.pid())))))
        .isZero();

    assertThat(exitCode(demo)).isEqualTo(exitCode);
    assertThat(out()).content().contains("INTERRUPTED: ", "Balance     even");
    assertThat(err()).isEmptyFile();
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void aSignalStillBringsTheReportOfTheRoundAsALineOfJson(String signal, int exitCode)
      throws Exception {
    try (LocalRedis redis = LocalRedis.start()) {
      Process system =
          start(
              ("system --rounds 0 --json --type QUICK=108@2s --failure-rate 0 --redis "
                      + redis.uri())
                  .split(" "));
      await()
          .atMost(PATIENCE)
          .until(() -> Keys.of(redis).stream().anyMatch(key -> key.contains(":leased")));

      assertThat(
              exitCode(
                  start(new ProcessBuilder("kill", "-" + signal, Long.toString(system.pid())))))
          .isZero();

      assertThat(exitCode(system)).isEqualTo(exitCode);
      assertThat(Files.readString(out()).lines())
          .singleElement()
          .asString()
          .startsWith("{\"manager\":\"audit-")
          .contains("\"published\":108", "\"conserved\":true");
      assertThat(err()).isEmptyFile();
    }
  }

  @Test
  void aSecondCtrlCEndsAtOnceAndLeavesNoServerBehind() throws Exception {
    Process system = start("system", "--speedup", "1");
    await().atMost(PATIENCE).until(() -> Files.readString(out()).contains(" workers at "));
    List<ProcessHandle> servers = system.descendants().toList();

    for (int i = 0; i < 2; i++) {
      assertThat(exitCode(start(new ProcessBuilder("kill", "-INT", Long.toString(system.pid())))))
          .isZero();
    }

    assertThat(exitCode(system)).isEqualTo(130);
    await().atMost(PATIENCE).until(() -> servers.stream().noneMatch(ProcessHandle::isAlive));
    assertThat(out()).content().doesNotContain("INTERRUPTED");
  }

  @Test
  void anInterruptedDemoLeavesNothingInRedis() throws Exception {
    try (LocalRedis redis = LocalRedis.start()) {
      Process demo = start("demo", "--speedup", "1", "--redis", redis.uri());
      await().atMost(PATIENCE).until(() -> Files.readString(out()).contains(" workers at "));
      assertThat(Keys.of(redis)).isNotEmpty();

      assertThat(exitCode(start(new ProcessBuilder("kill", "-INT", Long.toString(demo.pid())))))
          .isZero();

      assertThat(exitCode(demo)).isEqualTo(130);
      assertThat(Keys.of(redis)).isEmpty();
      assertThat(out()).content().contains("INTERRUPTED: ", "Balance     even");
      assertThat(err()).isEmptyFile();
    }
  }
}
