package io.ratelimit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ratelimit.cli.server.OwnProcess;
import java.util.List;
import java.util.stream.Stream;

/** Programs that a test needs. If one is missing, the test is skipped, but fails in CI. */
public final class Needs {

  private Needs() {}

  public static void onPath(String... programs) {
    List<String> missing =
        Stream.of(programs).filter(program -> OwnProcess.onPath(program).isEmpty()).toList();
    if (System.getenv("CI") != null) {
      assertThat(missing).as("programs that are not on the PATH, though CI needs them").isEmpty();
    }
    assumeTrue(missing.isEmpty(), () -> "needs on the PATH: " + String.join(", ", missing));
  }
}
