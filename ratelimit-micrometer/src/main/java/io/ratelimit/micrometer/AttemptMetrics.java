package io.ratelimit.micrometer;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.ratelimit.core.engine.EngineListener;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts and times the attempts of this process, as a listener of an {@link
 * io.ratelimit.core.engine.AuditEngine} or of a Temporal worker:
 *
 * <ul>
 *   <li>{@code ratelimit.processing}, a timer by type and outcome; its count is the number of
 *       attempts
 *   <li>{@code ratelimit.wait}, a timer by priority: from publication to the first attempt
 *   <li>{@code ratelimit.failures}, by type and kind of failure
 *   <li>{@code ratelimit.settlements.refused}: outcomes that came too late, because the lease was
 *       lost
 *   <li>{@code ratelimit.attempts.running}
 *   <li>{@code ratelimit.take.age}: seconds since an event was last taken; {@code NaN} before the
 *       first
 *   <li>{@code ratelimit.engine.failures}, by activity: steps in which the engine itself failed
 * </ul>
 *
 * <p>The tag {@code type} has at most 100 values and {@code reason} about 50; others become {@code
 * other}. A reason is the {@linkplain io.ratelimit.core.handler.Failure#kind() kind} of the
 * failure: the simple name of the deciding exception, or {@code timeout}, {@code interrupted},
 * {@code no-handler}, {@code never-settled} (the event was taken with no attempt left, as its lease
 * had expired at the last one).
 *
 * <p>Use one per queue and process; several engines can share it. With a second one for the same
 * queue and registry, only the first provides the two gauges. Thread-safe; no call blocks.
 */
public final class AttemptMetrics implements EngineListener {

  private static final Duration[] PROCESSING_BUCKETS = {
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(2),
    Duration.ofSeconds(4),
    Duration.ofSeconds(8),
    Duration.ofSeconds(15),
    Duration.ofSeconds(30),
    Duration.ofSeconds(60)
  };

  private static final Duration[] WAIT_BUCKETS = {
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5),
    Duration.ofSeconds(15),
    Duration.ofSeconds(30),
    Duration.ofSeconds(60),
    Duration.ofSeconds(120),
    Duration.ofSeconds(180),
    Duration.ofSeconds(300),
    Duration.ofSeconds(600)
  };

  private static final int MOST_REASONS = 50;
  private static final Set<String> KINDS_OF_THE_ENGINE =
      Set.of("timeout", "interrupted", "no-handler", "never-settled", "worker-lost");

  private final MeterRegistry registry;
  private final Tags tags;
  private final Time time;
  private final AtomicInteger running = new AtomicInteger();
  private final BoundedNames types = new BoundedNames(BoundedNames.TYPES, Set.of());
  private final BoundedNames reasons = new BoundedNames(MOST_REASONS, KINDS_OF_THE_ENGINE);
  private volatile Optional<Instant> takenAt = Optional.empty();

  private AttemptMetrics(MeterRegistry registry, String queueName, Time time) {
    this.registry = requireNonNull(registry, "registry");
    this.tags = Tags.of("queue", queueName);
    this.time = requireNonNull(time, "time");
  }

  /**
   * Creates the listener, and its meters.
   *
   * @param registry the registry of the meters
   * @param queueName the value of their tag {@code queue}
   * @param time the {@linkplain io.ratelimit.core.queue.EventQueue#time() queue's}
   */
  public static AttemptMetrics of(MeterRegistry registry, String queueName, Time time) {
    AttemptMetrics metrics = new AttemptMetrics(registry, queueName, time);
    metrics.registerWhatIsKnown();
    return metrics;
  }

  /**
   * Registers counters early: a scraper sees the first increment only of a counter that already
   * exists.
   */
  private void registerWhatIsKnown() {
    refused();
    Activities.shortNames().forEach(this::engineFailures);
    Gauge.builder("ratelimit.attempts.running", running::get)
        .description("Attempts that this process is making")
        .tags(tags)
        .register(registry);
    Gauge.builder("ratelimit.take.age", this::secondsSinceTaken)
        .description("Time since this process last took an event")
        .baseUnit(Seconds.UNIT)
        .tags(tags)
        .register(registry);
  }

  private double secondsSinceTaken() {
    return takenAt.map(at -> Seconds.of(Duration.between(at, time.now()))).orElse(Double.NaN);
  }

  @Override
  public void attemptStarted(Lease lease, int lane) {
    running.incrementAndGet();
    takenAt = Optional.of(time.now());
    if (lease.attempt() == 1) {
      waited(lease.event().type().priority())
          .record(Duration.between(lease.publishedAt(), lease.takenAt()));
    }
  }

  @Override
  public void attemptFinished(
      Lease lease, int lane, AttemptOutcome outcome, Duration processing, Settlement settlement) {
    running.decrementAndGet();
    String type = types.of(lease.event().type().name());
    processed(type, outcome).record(processing);
    outcome.cause().ifPresent(failure -> failed(type, reasons.of(failure.kind())).increment());
    if (settlement == Settlement.STALE_LEASE) {
      refused().increment();
    }
  }

  @Override
  public void failed(String activity, Throwable failure) {
    engineFailures(Activities.shortName(activity)).increment();
  }

  @CanIgnoreReturnValue
  private Counter engineFailures(String activity) {
    return Counter.builder("ratelimit.engine.failures")
        .description("Steps in which the engine itself failed and which it retries")
        .tags(tags.and("activity", activity))
        .register(registry);
  }

  private Timer waited(Priority priority) {
    return Timer.builder("ratelimit.wait")
        .description("Time from an event's publication to its first attempt")
        .tags(tags.and("priority", priority.name().toLowerCase(Locale.ROOT)))
        .serviceLevelObjectives(WAIT_BUCKETS)
        .register(registry);
  }

  private Timer processed(String type, AttemptOutcome outcome) {
    return Timer.builder("ratelimit.processing")
        .description("How long attempts took, from the handler's call to its end")
        .tags(tags.and("type", type, "outcome", name(outcome)))
        .serviceLevelObjectives(PROCESSING_BUCKETS)
        .register(registry);
  }

  @CanIgnoreReturnValue
  private Counter refused() {
    return Counter.builder("ratelimit.settlements.refused")
        .description("Outcomes that the queue refused because the lease was lost")
        .tags(tags)
        .register(registry);
  }

  private Counter failed(String type, String reason) {
    return Counter.builder("ratelimit.failures")
        .description("Attempts that failed")
        .tags(tags.and("type", type, "reason", reason))
        .register(registry);
  }

  private static String name(AttemptOutcome outcome) {
    return outcome.getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }
}
