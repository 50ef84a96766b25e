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
 * The host's settings, which variants of a scenario may change. Immutable.
 *
 * @param limit the queue's own limit
 * @param named the named limits
 * @param terms the deadline of rounds, and their workers and limits
 * @param policy the scaling policy
 * @param retries the retry policy
 * @param workerStartup how long a worker takes to start
 */
record Settings(
    RateLimit limit,
    List<NamedLimitText> named,
    RoundTerms terms,
    Policy policy,
    int retries,
    Duration workerStartup) {

  /** A scaling policy. */
  enum Policy {
    /** The library's policy. */
    STANDARD,
    /** The library's policy without raising the limit. */
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
   * A named limit.
   *
   * @param name its name
   * @param windows its windows
   * @param key what to count it by: {@code wallet}, {@code type}, or empty for all events
   * @param costs the cost of events by type; the empty type means all others
   * @param maxInFlight the most attempts in flight per key, if bounded
   * @param retriesHold whether a waiting retry counts as in flight
   * @param ceiling the ceiling of its windows
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
