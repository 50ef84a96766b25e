package io.ratelimit.micrometer;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.ratelimit.core.engine.EngineListener;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Reports the last scaling decision: how many workers there should be and how many there are, what
 * holds the work back, and whether the deadline can be met.
 *
 * <ul>
 *   <li>{@code ratelimit.workers.desired}, {@code ratelimit.workers.active}
 *   <li>{@code ratelimit.workers.required}, {@code ratelimit.workers.rate.limited}: what the work
 *       needs to be done in time, and what the limit can feed
 *   <li>{@code ratelimit.scaling.constraint}: 1 for the constraint that binds, 0 for the others
 *   <li>{@code ratelimit.deadline.left}, {@code ratelimit.deadline.projected} and their difference,
 *       {@code ratelimit.deadline.margin}: below zero, the deadline will be missed
 * </ul>
 *
 * <p>It is fed as a listener of an {@link io.ratelimit.core.engine.AuditEngine}, or by hand with
 * what a Temporal manager says of itself:
 *
 * <pre>{@code
 * ManagerStatus status = client.status("audit-1");
 * status.decision().ifPresent(decision -> scaling.decided(decision, status.workersActive()));
 * }</pre>
 *
 * <p>All gauges are {@code NaN} before the first decision, and again a minute after the last new
 * one: an old decision is no answer. One for a queue in a process, as with {@link AttemptMetrics}.
 * Thread-safe; no call blocks.
 */
public final class ScalingMetrics implements EngineListener {

  /** Longer than the interval between two decisions of an idle engine or manager. */
  private static final Duration DEFAULT_STALE_AFTER = Duration.ofMinutes(1);

  private record Heard(Instant at, ScalingDecision decision, int activeWorkers) {}

  private final MeterRegistry registry;
  private final Tags tags;
  private final Time time;
  private final Duration staleAfter;
  private volatile Optional<Heard> last = Optional.empty();

  private ScalingMetrics(MeterRegistry registry, String queueName, Time time, Duration staleAfter) {
    this.registry = requireNonNull(registry, "registry");
    this.tags = Tags.of("queue", queueName);
    this.time = requireNonNull(time, "time");
    this.staleAfter = Requirements.positive("time after which a decision is stale", staleAfter);
  }

  /**
   * Creates the listener, and its meters. A decision is stale after a minute.
   *
   * @param registry the registry of the meters
   * @param queueName the value of their tag {@code queue}
   * @param time the {@linkplain io.ratelimit.core.queue.EventQueue#time() queue's}
   */
  public static ScalingMetrics of(MeterRegistry registry, String queueName, Time time) {
    return of(registry, queueName, time, DEFAULT_STALE_AFTER);
  }

  /**
   * The same where decisions are further apart.
   *
   * @param registry the registry of the meters
   * @param queueName the value of their tag {@code queue}
   * @param time the {@linkplain io.ratelimit.core.queue.EventQueue#time() queue's}
   * @param staleAfter after which time without a decision nothing is known any more: more than
   *     zero, and more than an engine that idles lets pass between two
   * @throws IllegalArgumentException if that time is not more than zero
   */
  public static ScalingMetrics of(
      MeterRegistry registry, String queueName, Time time, Duration staleAfter) {
    ScalingMetrics metrics = new ScalingMetrics(registry, queueName, time, staleAfter);
    metrics.registerGauges();
    return metrics;
  }

  private void registerGauges() {
    workers("desired", "How many workers there should be", heard -> heard.decision().workers());
    workers("active", "How many workers there are", Heard::activeWorkers);
    workers(
        "required",
        "Workers needed to finish in time, regardless of the limit",
        heard -> heard.decision().requiredWorkers());
    workers(
        "rate.limited",
        "Workers that the limit can feed",
        heard -> heard.decision().rateLimitedWorkers());
    for (Constraint constraint : Constraint.values()) {
      gauge(
              "ratelimit.scaling.constraint",
              heard -> heard.decision().constraint() == constraint ? 1 : 0)
          .description("1 for what keeps the work from finishing sooner")
          .tags("constraint", constraint.name().toLowerCase(Locale.ROOT))
          .register(registry);
    }
    deadline("left", "Time until the deadline", ScalingMetrics::left);
    deadline("projected", "How long the work is expected to take", ScalingMetrics::projected);
    deadline(
        "margin",
        "Time to spare before the deadline; below zero, it will be missed",
        heard -> left(heard) - projected(heard));
  }

  private static double left(Heard heard) {
    return Seconds.of(heard.decision().timeLeft());
  }

  private static double projected(Heard heard) {
    return Seconds.of(heard.decision().projectedFinish());
  }

  private void workers(String what, String description, ToDoubleFunction<Heard> value) {
    gauge("ratelimit.workers." + what, value).description(description).register(registry);
  }

  private void deadline(String what, String description, ToDoubleFunction<Heard> value) {
    gauge("ratelimit.deadline." + what, value)
        .description(description)
        .baseUnit(Seconds.UNIT)
        .register(registry);
  }

  private Gauge.Builder<?> gauge(String name, ToDoubleFunction<Heard> value) {
    return Gauge.builder(name, this, self -> self.value(value)).strongReference(true).tags(tags);
  }

  private double value(ToDoubleFunction<Heard> value) {
    Instant now = time.now();
    return last.filter(heard -> now.isBefore(heard.at().plus(staleAfter)))
        .map(value::applyAsDouble)
        .orElse(Double.NaN);
  }

  /** An engine has decided; it has as many workers as it decides, at once. */
  @Override
  public void decided(ScalingDecision decision, QueueStats stats) {
    decided(decision, decision.workers());
  }

  /**
   * This is the last decision, and so many workers there are. To be called again and again. Whoever
   * decided must have decided again since, if only the same: a decision that is told again does not
   * get younger by it.
   */
  public synchronized void decided(ScalingDecision decision, int activeWorkers) {
    Instant heardAt =
        last.filter(before -> before.decision().at().equals(decision.at()))
            .map(Heard::at)
            .orElseGet(time::now);
    last = Optional.of(new Heard(heardAt, decision, activeWorkers));
  }

  /**
   * Nobody decides any more, or nobody knows: every gauge is {@code NaN} until the next decision.
   */
  public synchronized void unknown() {
    last = Optional.empty();
  }
}
