package io.ratelimit.micrometer;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.ratelimit.core.queue.QueueUnavailableException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Times calls to the store of one queue. */
final class StoreCalls {

  private static final Duration[] BUCKETS = {
    Duration.ofMillis(1),
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(2),
    Duration.ofSeconds(5)
  };

  private final MeterRegistry registry;
  private final String queueName;

  StoreCalls(MeterRegistry registry, String queueName) {
    this.registry = requireNonNull(registry, "registry");
    this.queueName = requireNonNull(queueName, "queueName");
  }

  /**
   * Makes a call, times it, and returns or throws what the call does.
   *
   * @param operation the name of the call; one of a few
   */
  <T> T timed(String operation, Supplier<T> call) {
    return timed(operation, call, result -> Optional.empty());
  }

  /**
   * Times a call whose result can report a failure.
   *
   * @param failure returns the failure of a result, if any
   */
  <T> T timed(String operation, Supplier<T> call, Function<T, Optional<RuntimeException>> failure) {
    Timer.Sample sample = Timer.start(registry);
    String outcome = "error";
    try {
      T result = call.get();
      outcome =
          failure
              .apply(result)
              .map(failed -> failed instanceof QueueUnavailableException ? "unavailable" : "error")
              .orElse("ok");
      return result;
    } catch (QueueUnavailableException away) {
      outcome = "unavailable";
      throw away;
    } finally {
      sample.stop(timer(operation, outcome));
    }
  }

  /** Times a call without a result. */
  void timed(String operation, Runnable call) {
    Object unused =
        timed(
            operation,
            () -> {
              call.run();
              return operation;
            });
  }

  private Timer timer(String operation, String outcome) {
    return Timer.builder("ratelimit.queue.calls")
        .description("How long calls to the queue's store took")
        .tags("queue", queueName, "operation", operation, "outcome", outcome)
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }
}
