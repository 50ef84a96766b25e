package io.ratelimit.cli.telemetry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.ratelimit.cli.watch.Condition;
import io.ratelimit.cli.watch.Picture;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Reports the condition that every screen shows: the current state is 1, all others are 0. */
final class ConditionMetrics implements MeterBinder {

  private final String queueName;
  private final Supplier<Picture> picture;

  ConditionMetrics(String queueName, Supplier<Picture> picture) {
    this.queueName = queueName;
    this.picture = picture;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (Condition.State state : Condition.State.values()) {
      Gauge.builder("ratelimit.condition", picture, seen -> is(state, seen.get()))
          .description("1 for the current state of the queue and its round, 0 for the others")
          .tags("queue", queueName, "state", state.name().toLowerCase(Locale.ROOT))
          .strongReference(true)
          .register(registry);
    }
    TimeGauge.builder(
            "ratelimit.condition.age",
            picture,
            TimeUnit.MILLISECONDS,
            seen -> seen.get().age().toMillis())
        .description("The age of the reading behind the condition")
        .tags("queue", queueName)
        .strongReference(true)
        .register(registry);
  }

  private static double is(Condition.State state, Picture seen) {
    return seen.condition().state() == state ? 1 : 0;
  }
}
