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
 * Tells an autoscaler how many workers to provide processes for, as metrics and as an answer.
 * Before the first decision, and a minute after the last new one, it tells nothing, so that the
 * autoscaler changes nothing. Thread-safe.
 */
final class Autoscaling implements MeterBinder {

  /** Longer than the interval between two decisions of an idle manager. */
  private static final Duration STALE_AFTER = Duration.ofMinutes(1);

  private static final String NEEDED = "needed";
  private static final String KEPT = "kept";

  private record Heard(Instant at, ScalingDecision decision, Provision provision) {}

  private final String queueName;
  private final Duration keep;
  private final Time time;
  private volatile Optional<Heard> last = Optional.empty();

  /**
   * @param keep how long to keep workers that were needed
   */
  Autoscaling(String queueName, Duration keep, Time time) {
    this.queueName = queueName;
    this.keep = keep;
    this.time = time;
  }

  /**
   * The answer to an autoscaler; the names in JSON are stable.
   *
   * @param queue the queue
   * @param at the time of the decision, by this machine's clock
   * @param workers the number of workers to provide processes for
   * @param needed the number of workers needed now
   * @param reason the reason for the number, as a sentence
   * @param decision the manager's decision with its reason, as a sentence
   */
  record Answer(
      String queue, Instant at, int workers, int needed, String reason, String decision) {}

  /** Notes a manager's status. Repeating the same decision does not make it newer. */
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

  /** Returns the answer, if known. */
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
