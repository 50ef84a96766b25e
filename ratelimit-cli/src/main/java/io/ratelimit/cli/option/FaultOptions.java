package io.ratelimit.cli.option;

import io.ratelimit.core.AttemptTerms;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.scaling.Expectations;
import io.ratelimit.core.simulation.SimulatedFaults;
import picocli.CommandLine.Option;

/** Faults, simulated or expected, and retries. */
public final class FaultOptions {

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
      description = "How often a failed event is retried. Default: ${DEFAULT-VALUE}.")
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
      description = "How many times longer a slow attempt takes. Default: ${DEFAULT-VALUE}.")
  private double slowFactor;

  double failureRate() {
    return failureRate;
  }

  int retries() {
    return retries;
  }

  /** Returns the terms of attempts. */
  public AttemptTerms attemptTerms() {
    return AttemptTerms.DEFAULT.withRetryPolicy(RetryPolicy.DEFAULT.withMaxRetries(retries));
  }

  public SimulatedFaults faults(long seed) {
    return new SimulatedFaults(seed, failureRate, slowRate, slowFactor);
  }

  public Expectations expectations() {
    return faults(0).expectations(attemptTerms().retryPolicy());
  }
}
