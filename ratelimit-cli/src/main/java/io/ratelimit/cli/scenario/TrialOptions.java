package io.ratelimit.cli.scenario;

import io.ratelimit.cli.option.Converters;
import picocli.CommandLine.Option;

/** The number of runs of a scenario, and the output. */
final class TrialOptions {

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "100",
      converter = Converters.Runs.class,
      description =
          "How often each setting is played, with the seeds --seed, --seed + 1 and so on: the same"
              + " for all of them. Default: ${DEFAULT-VALUE}.")
  int runs;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      converter = Converters.Seed.class,
      description =
          "What is left to chance is the same for the same seed. Default: ${DEFAULT-VALUE}.")
  long seed;

  @Option(names = "--svg", paramLabel = "FILE", description = "Write a drawing to a file, as SVG.")
  String svg = "";

  @Option(names = "--json", description = "Print the result as JSON, without a chart.")
  boolean json;
}
