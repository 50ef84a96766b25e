package io.ratelimit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "demo",
        "plan",
        "simulate",
        "queue",
        "system",
        "worker",
        "api",
        "start",
        "list",
        "status",
        "result",
        "stop",
        "pause",
        "resume",
        "limit",
        "workers",
        "monitor",
        "schedule",
        "config",
        "doctor"
      })
  void everyCommandExplainsItselfWithAnExample(String command) {
    CommandRun run = CommandRun.of(command, "--help");

    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .startsWith("Usage: ratelimit " + command)
        .contains("Example:\n  ratelimit " + command);
    assertThat(run.outLines()).allMatch(line -> line.length() <= CommandRun.WIDTH);
  }

  @Test
  void theWholeListsCommandsAndExitCodes() {
    CommandRun run = CommandRun.of("--help");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("demo", "plan", "simulate", "Exit codes:");
  }

  @Test
  void theVersionIsOneLine() {
    CommandRun run = CommandRun.of("--version");

    assertThat(run.exitCode()).isZero();
    assertThat(run.outLines()).hasSize(1);
  }
}
