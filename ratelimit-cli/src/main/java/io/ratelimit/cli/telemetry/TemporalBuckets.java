package io.ratelimit.cli.telemetry;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import java.util.stream.DoubleStream;

/** Gives timers of Temporal's SDK few buckets; otherwise, each has about seventy. */
final class TemporalBuckets implements MeterFilter {

  private static final String PREFIX = "temporal_";

  private static final double[] NANOS =
      DoubleStream.of(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60)
          .map(seconds -> seconds * 1e9)
          .toArray();

  @Override
  public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
    return id.getType() == Meter.Type.TIMER && id.getName().startsWith(PREFIX)
        ? DistributionStatisticConfig.builder()
            .percentilesHistogram(false)
            .serviceLevelObjectives(NANOS)
            .build()
            .merge(config)
        : config;
  }
}
