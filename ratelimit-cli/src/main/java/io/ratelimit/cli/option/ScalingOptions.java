package io.ratelimit.cli.option;

import io.ratelimit.cli.shell.InputException;
import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.Confidence;
import io.ratelimit.core.scaling.WorkerRange;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The deadline of a round, and the workers and limits for it. */
public final class ScalingOptions {

  @Option(
      names = "--emergency-limit",
      paramLabel = "RATE",
      defaultValue = "none",
      converter = Converters.CeilingConverter.class,
      description =
          "How far the limit may be raised if the deadline is in danger, or none."
              + " Default: ${DEFAULT-VALUE}.")
  private Converters.Ceiling emergencyLimit = new Converters.Ceiling(Optional.empty());

  @Option(
      names = "--deadline",
      paramLabel = "TIME",
      defaultValue = "3m",
      converter = Converters.Deadline.class,
      description = "How long the round may take. Default: ${DEFAULT-VALUE}.")
  private Duration deadline = Duration.ofMinutes(3);

  @Option(
      names = "--confidence",
      paramLabel = "SHARE",
      defaultValue = "99.9%",
      converter = Converters.ConfidenceConverter.class,
      description =
          "How confidently the deadline must be met: limit and workers are chosen so"
              + " that this share of all rounds is in time. Default: ${DEFAULT-VALUE}.")
  private Confidence confidence = Confidence.DEFAULT;

  @Option(
      names = "--min-workers",
      paramLabel = "N",
      defaultValue = "1",
      converter = Converters.Workers.class,
      description = "The minimum number of workers. Default: ${DEFAULT-VALUE}.")
  private int minWorkers;

  @Option(
      names = "--max-workers",
      paramLabel = "N",
      defaultValue = "10",
      converter = Converters.Workers.class,
      description = "The maximum number of workers. Default: ${DEFAULT-VALUE}.")
  private int maxWorkers;

  Optional<RateLimit> emergencyLimit() {
    return emergencyLimit.limit();
  }

  Duration deadline() {
    return deadline;
  }

  /**
   * Returns other terms, changed by these options.
   *
   * @param others the terms for unset options
   * @throws InputException if the minimum number of workers exceeds the maximum
   */
  public RoundTerms appliedTo(RoundTerms others) {
    if (minWorkers > maxWorkers) {
      throw new InputException(
          "--min-workers "
              + minWorkers
              + " must not be more than --max-workers "
              + maxWorkers
              + "; raise --max-workers or lower --min-workers");
    }
    return others
        .withDeadline(deadline)
        .withConfidence(confidence)
        .withWorkers(new WorkerRange(minWorkers, maxWorkers))
        .withEmergencyLimit(emergencyLimit.limit());
  }
}
