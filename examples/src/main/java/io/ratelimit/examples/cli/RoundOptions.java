package io.ratelimit.examples.cli;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.plan.Backlog;
import io.ratelimit.core.plan.PlanRequest;
import io.ratelimit.core.scaling.WorkerRange;
import io.ratelimit.core.simulation.SimulatedFaults;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What a round may use, and what goes wrong in it. The defaults differ between the commands. */
final class RoundOptions {

  @Option(
      names = "--limit",
      paramLabel = "RATE",
      defaultValue = "20/m",
      converter = Converters.Limit.class,
      description = {
        "The rate limit: so many starts in any such time, evenly spaced, like 20/m, 5/s or"
            + " 100/30s. Default: ${DEFAULT-VALUE}."
      })
  private RateLimit limit = RateLimit.of(20).perMinute();

  @Option(
      names = "--emergency-limit",
      paramLabel = "RATE",
      defaultValue = "none",
      converter = Converters.CeilingConverter.class,
      description =
          "How far the limit may be raised if the deadline is in danger, or none. Default:"
              + " ${DEFAULT-VALUE}.")
  private Converters.Ceiling emergencyLimit = new Converters.Ceiling(Optional.empty());

  @Option(
      names = "--deadline",
      paramLabel = "TIME",
      defaultValue = "3m",
      converter = Converters.Deadline.class,
      description = "In which time the round is to be done. Default: ${DEFAULT-VALUE}.")
  private Duration deadline = Duration.ofMinutes(3);

  @Option(
      names = "--min-workers",
      paramLabel = "N",
      defaultValue = "1",
      converter = Converters.Workers.class,
      description = "The fewest workers. Default: ${DEFAULT-VALUE}.")
  private int minWorkers;

  @Option(
      names = "--max-workers",
      paramLabel = "N",
      defaultValue = "10",
      converter = Converters.Workers.class,
      description = "The most workers. Default: ${DEFAULT-VALUE}.")
  private int maxWorkers;

  @Option(
      names = "--failure-rate",
      paramLabel = "SHARE",
      defaultValue = "0",
      converter = Converters.Share.class,
      description = "The share of attempts that fail, like 0.05 or 5%%. Default: ${DEFAULT-VALUE}.")
  private double failureRate;

  @Option(
      names = "--retries",
      paramLabel = "N",
      defaultValue = "3",
      converter = Converters.Retries.class,
      description = "How often a failed event is attempted again. Default: ${DEFAULT-VALUE}.")
  private int retries;

  @Option(
      names = "--slow-rate",
      paramLabel = "SHARE",
      defaultValue = "0",
      converter = Converters.Share.class,
      description = "The share of attempts that are slow. Default: ${DEFAULT-VALUE}.")
  private double slowRate;

  @Option(
      names = "--slow-factor",
      paramLabel = "X",
      defaultValue = "2",
      converter = Converters.SlowFactor.class,
      description = "How many times as long a slow attempt takes. Default: ${DEFAULT-VALUE}.")
  private double slowFactor;

  RateLimit limit() {
    return limit;
  }

  RetryPolicy retryPolicy() {
    return RetryPolicy.DEFAULT.withMaxRetries(retries);
  }

  SimulatedFaults faults(long seed) {
    return new SimulatedFaults(seed, failureRate, slowRate, slowFactor);
  }

  /** All of it as a request to the planner, whose rules hold for every round. */
  PlanRequest request(List<AuditEvent> events) {
    if (minWorkers > maxWorkers) {
      throw new InputException(
          "--min-workers "
              + minWorkers
              + " must not be more than --max-workers "
              + maxWorkers
              + "; raise --max-workers or lower --min-workers");
    }
    emergencyLimit.limit().ifPresent(this::requireAtLeastTheLimit);
    requireTimeForOne(events);
    SimulatedFaults faults = faults(0);
    if (events.size() * faults.expectations(retries).attemptsPerEvent() > Backlog.MAX_EVENTS) {
      throw new InputException(
          "--failure-rate "
              + failureRate
              + " and --retries "
              + retries
              + " make more than "
              + Backlog.MAX_EVENTS
              + " attempts of "
              + Texts.count(events.size(), "event")
              + "; lower one of them");
    }
    return new PlanRequest(
        Backlog.ofEvents(events),
        limit,
        emergencyLimit.limit(),
        deadline,
        new WorkerRange(minWorkers, maxWorkers),
        faults.expectations(retries));
  }

  private void requireAtLeastTheLimit(RateLimit ceiling) {
    if (limit.isFasterThan(ceiling)) {
      throw new InputException(
          "--emergency-limit "
              + ceiling
              + " must be at least as fast as --limit "
              + limit
              + "; raise it, or say none");
    }
  }

  private void requireTimeForOne(List<AuditEvent> events) {
    AuditEvent longest =
        events.stream()
            .max(Comparator.comparing(event -> event.type().processingTime()))
            .orElseThrow();
    if (longest.type().processingTime().compareTo(deadline) > 0) {
      throw new InputException(
          "--deadline "
              + Texts.duration(deadline)
              + " must be at least as long as one event takes, "
              + Texts.duration(longest.type().processingTime())
              + " for "
              + longest.type().name()
              + "; raise it");
    }
  }
}
