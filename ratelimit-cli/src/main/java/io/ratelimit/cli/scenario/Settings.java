package io.ratelimit.cli.scenario;

import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.scaling.ScalingPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a host chooses, and what a variant of a scenario may choose otherwise. Immutable.
 *
 * @param limit the queue's own limit
 * @param named the limits beside it
 * @param terms by when a round is to be done, and what it may use
 * @param policy how it is decided
 * @param retries how often a failed event is attempted again
 * @param workerStartup how long a worker takes to start
 */
record Settings(
    RateLimit limit,
    List<NamedLimitText> named,
    RoundTerms terms,
    Policy policy,
    int retries,
    Duration workerStartup) {

  /** A way to decide. */
  enum Policy {
    /** That of the library. */
    STANDARD,
    /** The same without raising the limit. */
    NORMAL_LIMIT,
    /** All workers at the normal limit. */
    FIXED;

    String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    ScalingPolicy policy(int mostWorkers) {
      return switch (this) {
        case STANDARD -> ScalingPolicy.standard();
        case NORMAL_LIMIT ->
            ScalingPolicy.demand()
                .fewestWhenIdle()
                .fewerAfter(ScalingPolicy.DEFAULT_QUIET_TIME)
                .withinRange();
        case FIXED -> ScalingPolicy.fixed(mostWorkers);
      };
    }
  }

  /**
   * A limit with a name.
   *
   * @param name its name
   * @param windows what it admits
   * @param key what it is counted for: {@code wallet}, {@code type}, or empty for all events
   * @param costs what an event costs, by type; of the empty type: of all others
   * @param maxInFlight how many attempts at once each key allows, if bounded
   * @param retriesHold whether a retry holds up those of its key
   * @param ceiling how far its windows may be raised
   */
  record NamedLimitText(
      String name,
      List<RateLimit> windows,
      String key,
      Map<String, Integer> costs,
      Optional<Integer> maxInFlight,
      boolean retriesHold,
      List<RateLimit> ceiling) {

    void addTo(Limits.Builder builder) {
      if (windows.isEmpty()) {
        builder.maxInFlight(name, keyFunction(), maxInFlight.orElse(1));
      } else {
        builder.limit(name, keyFunction(), windows.toArray(new RateLimit[0]));
        maxInFlight.ifPresent(most -> builder.maxInFlight(name, most));
      }
      if (!costs.isEmpty()) {
        builder.cost(
            name, event -> costs.getOrDefault(event.type().name(), costs.getOrDefault("", 1)));
      }
      if (retriesHold) {
        builder.retriesHold(name);
      }
      if (!ceiling.isEmpty()) {
        builder.ceiling(name, ceiling.toArray(new RateLimit[0]));
      }
    }

    private Function<AuditEvent, @Nullable String> keyFunction() {
      return switch (key) {
        case "wallet" -> AuditEvent::walletId;
        case "type" -> event -> event.type().name();
        default -> event -> "";
      };
    }
  }

  Limits limits() {
    Limits.Builder builder = Limits.builder();
    named.forEach(each -> each.addTo(builder));
    return builder.build();
  }

  RetryPolicy retryPolicy() {
    return RetryPolicy.DEFAULT.withMaxRetries(retries);
  }

  Settings withLimit(RateLimit other) {
    return new Settings(other, named, terms, policy, retries, workerStartup);
  }

  Settings withTerms(RoundTerms other) {
    return new Settings(limit, named, other, policy, retries, workerStartup);
  }
}
