package io.ratelimit.benchmarks.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;

/** A worker of another library over Redis, run as a program from {@code benchmarks/peers}. */
enum Peer {
  /** Node.js. */
  BULLMQ("BullMQ", "bullmq", "node_modules", "npm install", "node worker.mjs"),
  /** Go. */
  ASYNQ("Asynq", "asynq", "asynq", "go build", "./asynq"),
  /** Python, in threads of one process. */
  DRAMATIQ(
      "Dramatiq",
      "dramatiq",
      ".venv",
      "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt",
      ".venv/bin/python worker.py");

  private static final long PATIENCE_MINUTES = 10;

  private final String title;
  private final Path folder;
  private final String needs;
  private final String preparation;
  private final String command;

  Peer(String title, String folder, String needs, String preparation, String command) {
    this.title = title;
    this.folder = Path.of("benchmarks", "peers", folder);
    this.needs = needs;
    this.preparation = preparation;
    this.command = command;
  }

  String title() {
    return title;
  }

  /** Returns why it cannot be measured, if it cannot. */
  Optional<String> obstacle() {
    return Files.exists(folder.resolve(needs))
        ? Optional.empty()
        : Optional.of(
            title + " is left out: run (cd " + folder + " && " + preparation + ") in the root.");
  }

  /** Processes jobs. */
  Sample drain(int port, int lanes, int handlerMillis, int jobs)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of(command.split(" ", -1)));
    for (int argument : new int[] {port, lanes, jobs, handlerMillis}) {
      all.add(Integer.toString(argument));
    }
    Process process =
        new ProcessBuilder(all).directory(folder.toFile()).redirectErrorStream(true).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    String last = output.substring(output.lastIndexOf('\n') + 1);
    if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES) || !last.matches("\\S+ \\S+")) {
      process.destroy();
      throw new IOException(title + " failed: " + output);
    }
    String[] seconds = last.split(" ", 2);
    return new Sample(
        title,
        lanes,
        handlerMillis,
        jobs / Double.parseDouble(seconds[0]),
        OptionalDouble.of(Double.parseDouble(seconds[1]) * 1e6 / jobs),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty());
  }
}
