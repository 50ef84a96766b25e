package io.ratelimit.cli.system;

import io.ratelimit.cli.event.SampleEvents;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.time.Time;
import io.ratelimit.temporal.RateLimitClient;
import io.ratelimit.temporal.manager.ManagerException;
import io.ratelimit.temporal.manager.ManagerOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Publishes a round whenever an audit is due, and has a manager drain it. */
final class AuditScheduler {

  private static final Duration POLL = Duration.ofMillis(250);
  private static final int PREFIX_LENGTH = 4;

  private final EventQueue queue;
  private final RateLimitClient client;
  private final ManagerOptions options;
  private final BooleanSupplier interrupted;
  private final Time time = Time.system();
  private final String prefix = UUID.randomUUID().toString().substring(0, PREFIX_LENGTH);
  private volatile boolean stopped;
  private volatile Optional<String> manager = Optional.empty();
  private Instant next = time.now();
  private Instant shownUntil = Instant.MIN;
  private int audits;

  /**
   * @param options what each manager is like; its deadline is the time from one audit to the next
   * @param interrupted whether all is to end
   */
  AuditScheduler(
      EventQueue queue,
      RateLimitClient client,
      ManagerOptions options,
      BooleanSupplier interrupted) {
    this.queue = queue;
    this.client = client;
    this.options = options;
    this.interrupted = interrupted;
  }

  /** Ends the round that runs. */
  void stop() {
    stopped = true;
  }

  /** The manager that drains the latest round, once there is one. */
  Optional<String> manager() {
    return manager;
  }

  /** Whether there is to be no further round. */
  boolean isToEnd() {
    return stopped || interrupted.getAsBoolean();
  }

  /** Waits until the next audit is due, or all is to end. */
  void awaitNext() throws InterruptedException {
    while (!isToEnd() && time.now().isBefore(next)) {
      time.sleepUntil(earlier(next, time.now().plus(POLL)));
    }
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  /**
   * Publishes events and has them drained.
   *
   * @param decided is told the manager's decisions that ask for something new
   */
  SystemRound run(List<AuditEvent> events, Consumer<ScalingDecision> decided) {
    next = time.now().plus(options.terms().deadline());
    audits++;
    String id = "audit-" + prefix + "-" + audits;
    int published = queue.publish(SampleEvents.withPrefix(id + "-", events)).accepted();
    client.start(id, options);
    manager = Optional.of(id);
    RoundReport report = result(id, decided);
    QueueStats stats = queue.stats();
    return new SystemRound(id, published, stats.isConserved(), report);
  }

  private RoundReport result(String id, Consumer<ScalingDecision> decided) {
    while (!isToEnd()) {
      try {
        return client.result(id, POLL);
      } catch (ManagerException.NotFinished notYet) {
        show(id, decided);
      }
    }
    stop(id);
    return client.result(id, options.shutdownGrace().plus(options.shutdownGrace()));
  }

  private void stop(String id) {
    try {
      client.stop(id);
    } catch (ManagerException.NotRunning ended) {
      // Its result is there.
    }
  }

  private void show(String id, Consumer<ScalingDecision> decided) {
    try {
      for (ScalingDecision decision : client.status(id).recentDecisions()) {
        if (decision.at().isAfter(shownUntil)) {
          shownUntil = decision.at();
          decided.accept(decision);
        }
      }
    } catch (ManagerException.UnknownManager ended) {
      // Its result is there.
    }
  }
}
