package io.ratelimit.cli.scenario;

import picocli.CommandLine.Parameters;

/** The scenario that a command plays. */
final class ScenarioArgument {

  @Parameters(paramLabel = "FILE", description = "The scenario, in YAML.")
  private String file = "";

  /** Reads it. */
  Scenario read() {
    return ScenarioFile.read(file);
  }
}
