package io.ratelimit.cli.scenario;

import io.ratelimit.cli.option.Converters;
import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.Confidence;
import io.ratelimit.core.scaling.WorkerRange;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Settings in place of those that were recorded. */
final class OtherSettings {

  @Option(
      names = "--limit",
      paramLabel = "RATE",
      converter = Converters.Limit.class,
      description = "Another limit.")
  private @Nullable RateLimit limit;

  @Option(
      names = "--emergency-limit",
      paramLabel = "RATE",
      converter = Converters.Limit.class,
      description = "Another emergency limit.")
  private @Nullable RateLimit emergencyLimit;

  @Option(
      names = "--deadline",
      paramLabel = "TIME",
      converter = Converters.Deadline.class,
      description = "Another deadline.")
  private @Nullable Duration deadline;

  @Option(
      names = "--confidence",
      paramLabel = "SHARE",
      converter = Converters.ConfidenceConverter.class,
      description = "Another confidence.")
  private @Nullable Confidence confidence;

  @Option(
      names = "--max-workers",
      paramLabel = "N",
      converter = Converters.Workers.class,
      description = "Another number of workers at most.")
  private @Nullable Integer maxWorkers;

  Optional<RateLimit> limit() {
    return Optional.ofNullable(limit);
  }

  /** Returns settings with what is given here in place of their own. */
  Settings of(Settings recorded) {
    RoundTerms terms = recorded.terms();
    if (deadline != null) {
      terms = terms.withDeadline(deadline);
    }
    if (confidence != null) {
      terms = terms.withConfidence(confidence);
    }
    if (maxWorkers != null) {
      terms = terms.withWorkers(new WorkerRange(1, maxWorkers));
    }
    if (emergencyLimit != null) {
      terms = terms.withEmergencyLimit(emergencyLimit);
    }
    return recorded.withTerms(terms).withLimit(limit().orElse(recorded.limit()));
  }
}
