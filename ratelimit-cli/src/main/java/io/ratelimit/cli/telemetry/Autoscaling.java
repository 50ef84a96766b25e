package io.ratelimit.cli.telemetry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.ratelimit.core.scaling.Provision;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.time.Time;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * How many workers there are to be processes for, for an autoscaler: as metrics, and as an answer.
 * Nothing is told before the first decision, and a minute after the last new one: an autoscaler
 * then leaves things as they are. Thread-safe.
 */
final class Autoscaling implements MeterBinder {

  /** More than a manager lets pass between two decisions when it idles. */
  private static final Duration STALE_AFTER = Duration.ofMinutes(1);

  private static final String NEEDED = "needed";
  private static final String KEPT = "kept";

  private record Heard(Instant at, ScalingDecision decision, Provision provision) {}

  private final String queueName;
  private final Duration keep;
  private final Time time;
  private volatile Optional<Heard> last = Optional.empty();

  /**
   * @param keep for how long workers are kept that were needed
   */
  Autoscaling(String queueName, Duration keep, Time time) {
    this.queueName = queueName;
    this.keep = keep;
    this.time = time;
  }

  /**
   * What an autoscaler is told; the names in JSON are a promise.
   *
   * @param queue the queue
   * @param at when that was decided, by this machine's clock
   * @param workers for how many workers there are to be processes
   * @param needed how many workers are needed now
   * @param reason why so many, as a sentence
   * @param decision what the manager decided, with its reason, as a sentence
   */
  record Answer(
      String queue, Instant at, int workers, int needed, String reason, String decision) {}

  /** A manager said how it is. One that says the same again is no younger by it. */
  synchronized void heard(ManagerStatus status) {
    if (status.decision().isEmpty() || status.workersNeeded().isEmpty()) {
      return;
    }
    ScalingDecision decision = status.decision().get();
    if (last.filter(before -> before.decision().at().equals(decision.at())).isPresent()) {
      return;
    }
    Instant now = time.now();
    int needed = status.workersNeeded().get();
    Provision provision =
        last.map(before -> before.provision().next(now, needed, keep))
            .orElseGet(
                () -> Provision.first(now, needed, status.slots().orElse(status.workersActive())));
    last = Optional.of(new Heard(now, decision, provision));
  }

  /** Returns what is known. */
  Optional<Answer> answer() {
    return known()
        .map(
            heard ->
                new Answer(
                    queueName,
                    heard.at(),
                    heard.provision().workers(),
                    heard.provision().needed(),
                    heard.provision().explanation(),
                    heard.decision().explanation()));
  }

  private Optional<Heard> known() {
    Instant now = time.now();
    return last.filter(heard -> now.isBefore(heard.at().plus(STALE_AFTER)));
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    gauge("workers", Provision::workers)
        .description("Workers that there are to be processes for, for an autoscaler")
        .register(registry);
    gauge("needed", Provision::needed)
        .description("Workers that are needed now, if there were processes for them")
        .register(registry);
    gauge("reason", provision -> provision.isKept() ? 0 : 1)
        .tags("reason", NEEDED)
        .description("1 for the reason why there are to be so many")
        .register(registry);
    gauge("reason", provision -> provision.isKept() ? 1 : 0)
        .tags("reason", KEPT)
        .description("1 for the reason why there are to be so many")
        .register(registry);
  }

  private Gauge.Builder<?> gauge(String name, ToDoubleFunction<Provision> value) {
    return Gauge.builder(
            "ratelimit.provision." + name,
            this,
            self ->
                self.known()
                    .map(heard -> value.applyAsDouble(heard.provision()))
                    .orElse(Double.NaN))
        .strongReference(true)
        .tags("queue", queueName);
  }
}
