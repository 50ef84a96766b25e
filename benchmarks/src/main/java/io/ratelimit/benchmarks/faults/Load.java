package io.ratelimit.benchmarks.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ratelimit.benchmarks.faults.judge.Journal;
import io.ratelimit.testkit.server.Signals;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process of the load, as the trial sees it. */
final class Load implements AutoCloseable {

  private static final int ENDS_WITHIN_SECONDS = 20;

  private final String name;
  private final Path file;
  private final Process process;

  /** Starts a process that handles some of the event types, without waiting until it is ready. */
  Load(String name, Path directory, String uri, long seed, int handled, Fault.Named named)
      throws IOException {
    this.name = name;
    this.file = directory.resolve(name + ".journal");
    this.process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                LoadProcess.class.getName(),
                uri,
                file.toString(),
                name,
                Long.toString(seed),
                Integer.toString(handled),
                named.name())
            .redirectError(directory.resolve(name + ".errors").toFile())
            .start();
  }

  String name() {
    return name;
  }

  /** Waits until it works or gives up; returns whether it works. */
  boolean awaitReady() throws IOException {
    BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    return "ready".equals(out.readLine());
  }

  /** Sends it a command, unless it has ended. */
  void tell(String command) throws IOException {
    if (process.isAlive()) {
      process.getOutputStream().write((command + "\n").getBytes(UTF_8));
      process.getOutputStream().flush();
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  Journal journal() throws IOException {
    return Journal.read(name, file);
  }

  void kill() throws InterruptedException {
    int unused = process.destroyForcibly().waitFor();
  }

  void suspend() {
    Signals.suspend(process.toHandle());
  }

  void resume() {
    Signals.resume(process.toHandle());
  }

  /** Ends it with SIGTERM, and waits. */
  void terminate() throws InterruptedException {
    process.destroy();
    awaitEnd();
  }

  /** Ends processes gracefully, all at the same time. */
  static void endAll(List<Load> loads) throws IOException, InterruptedException {
    for (Load load : loads) {
      load.process.getOutputStream().close();
    }
    for (Load load : loads) {
      load.awaitEnd();
    }
  }

  private void awaitEnd() throws InterruptedException {
    if (!process.waitFor(ENDS_WITHIN_SECONDS, TimeUnit.SECONDS)) {
      kill();
    }
  }

  @Override
  public void close() {
    Process unused = process.destroyForcibly();
  }
}
