package io.ratelimit.benchmarks.redis;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** BullMQ, run by Node.js from {@code benchmarks/peers/bullmq}. */
final class BullMq {

  private static final Path FOLDER = Path.of("benchmarks", "peers", "bullmq");

  private BullMq() {}

  /** Returns why it cannot be measured, if it cannot. */
  static Optional<String> obstacle() {
    if (!Files.isDirectory(FOLDER)) {
      return leftOut("run this from the project's root, where " + FOLDER + " is");
    }
    if (!Files.isDirectory(FOLDER.resolve("node_modules"))) {
      return leftOut("run \"npm install\" in " + FOLDER + " first");
    }
    return Programs.canRun("node") ? Optional.empty() : leftOut("there is no \"node\" on the path");
  }

  private static Optional<String> leftOut(String reason) {
    return Optional.of("BullMQ is left out: " + reason + ".");
  }

  /** Returns a command that runs a script in the folder. */
  static ProcessBuilder command(String script, int... arguments) {
    List<String> command = new ArrayList<>(List.of("node", script));
    for (int argument : arguments) {
      command.add(Integer.toString(argument));
    }
    return new ProcessBuilder(command).directory(FOLDER.toFile());
  }

  /** How fast jobs are added and processed. */
  record Throughput(Rate added, Rate processed) {}

  static Throughput throughput(MeasuredRedis redis, int concurrency, int jobs)
      throws IOException, InterruptedException {
    return throughput(redis.port(), concurrency, jobs);
  }

  static Throughput throughput(int port, int concurrency, int jobs)
      throws IOException, InterruptedException {
    List<String> numbers = lines("throughput.mjs", port, concurrency, jobs);
    if (numbers.size() != 2) {
      throw new IOException("BullMQ told something else: " + numbers);
    }
    return new Throughput(rate(jobs, numbers.get(0)), rate(jobs, numbers.get(1)));
  }

  /** Adds jobs and leaves them waiting. */
  static void add(int port, int jobs) throws IOException, InterruptedException {
    List<String> unused = lines("add.mjs", port, jobs);
  }

  /** Returns the output lines of a script. */
  private static List<String> lines(String script, int... arguments)
      throws IOException, InterruptedException {
    Process process = command(script, arguments).redirectErrorStream(true).start();
    String output = output(process);
    if (process.waitFor() != 0) {
      throw new IOException("BullMQ failed: " + output);
    }
    return output.strip().lines().toList();
  }

  /** Reads a line with seconds and Redis's CPU seconds. */
  private static Rate rate(int jobs, String line) {
    String[] seconds = line.split(" ", 2);
    return new Rate(
        jobs,
        Math.round(Double.parseDouble(seconds[0]) * 1e9),
        Double.parseDouble(seconds[1]) * 1e6);
  }

  /** Returns the output of a process. */
  static String output(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
