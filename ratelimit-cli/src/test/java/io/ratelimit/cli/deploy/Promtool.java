package io.ratelimit.cli.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.cli.Needs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Prometheus's own checker. Without it, tests are skipped, but not in CI. */
final class Promtool {

  private static final String PROGRAM = "promtool";

  /** Runs it with arguments; fails if it finds a problem. */
  static void run(String... arguments) throws IOException, InterruptedException {
    Needs.onPath(PROGRAM);
    List<String> command = new ArrayList<>(List.of(PROGRAM));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).as(output).isZero();
  }

  private Promtool() {}
}
