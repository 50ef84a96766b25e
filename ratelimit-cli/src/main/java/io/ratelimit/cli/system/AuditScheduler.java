package io.ratelimit.cli.system;

import io.ratelimit.cli.event.SampleEvents;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.PublishReceipt;
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

  /** What is put before the ids of events: never longer, in as many rounds as anybody waits for. */
  static final int LONGEST_PREFIX = "audit-".length() + PREFIX_LENGTH + "-2147483647-".length();

  private final EventQueue queue;
  private final RateLimitClient client;
  private final ManagerOptions options;
  private final BooleanSupplier interrupted;
  private final Retrying retrying;
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
   * @param longestAbsence how long a server may be away
   * @param tell is told in one line of a server that is away, and when it is back
   */
  AuditScheduler(
      EventQueue queue,
      RateLimitClient client,
      ManagerOptions options,
      BooleanSupplier interrupted,
      Duration longestAbsence,
      Consumer<String> tell) {
    this.queue = queue;
    this.client = client;
    this.options = options;
    this.interrupted = interrupted;
    this.retrying = new Retrying(longestAbsence, tell, this::isToEnd, time);
  }

  /** Ends the round that runs. */
  void stop() {
    stopped = true;
  }

  /** Returns the manager that drains the latest round, once there is one. */
  Optional<String> manager() {
    return manager;
  }

  /** Returns whether there is to be no further round. */
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

  /** Returns what the queue holds, once it can be asked. */
  QueueStats stats() throws InterruptedException {
    return retrying.call(queue::stats);
  }

  /**
   * Publishes events and has them drained. While a server is away, it is called again and again.
   *
   * @param decided is told the manager's decisions that ask for something new
   * @throws ManagerException.Ended if the manager was ended by somebody else
   * @throws ManagerException.UnknownManager if the server forgot the manager
   */
  SystemRound run(List<AuditEvent> events, Consumer<ScalingDecision> decided)
      throws InterruptedException {
    next = time.now().plus(options.terms().deadline());
    audits++;
    String id = "audit-" + prefix + "-" + audits;
    List<AuditEvent> named = SampleEvents.withPrefix(id + "-", events);
    int published = retrying.call(() -> published(named));
    manager = Optional.of(retrying.call(() -> started(id)));
    RoundReport report = result(id, decided);
    return new SystemRound(id, published, stats().isConserved(), report);
  }

  /** Duplicates are those of a call before whose answer did not come: nobody else has these ids. */
  private int published(List<AuditEvent> events) {
    PublishReceipt receipt = queue.publish(events);
    return receipt.accepted() + receipt.duplicateIds().size();
  }

  private String started(String id) {
    try {
      client.start(id, options);
    } catch (ManagerException.AlreadyStarted byACallBefore) {
      // Its answer did not come: nobody else has this id.
    }
    return id;
  }

  private RoundReport result(String id, Consumer<ScalingDecision> decided)
      throws InterruptedException {
    while (!isToEnd()) {
      Optional<RoundReport> report = retrying.call(() -> resultSoFar(id));
      if (report.isPresent()) {
        return report.get();
      }
      show(id, decided);
    }
    String stopped = retrying.call(() -> stopped(id));
    return retrying.call(
        () -> client.result(stopped, options.shutdownGrace().plus(options.shutdownGrace())));
  }

  private Optional<RoundReport> resultSoFar(String id) {
    try {
      return Optional.of(client.result(id, POLL));
    } catch (ManagerException.NotFinished notYet) {
      return Optional.empty();
    }
  }

  private String stopped(String id) {
    try {
      client.stop(id);
    } catch (ManagerException.NotRunning ended) {
      // Its result is there.
    }
    return id;
  }

  private void show(String id, Consumer<ScalingDecision> decided) {
    try {
      for (ScalingDecision decision : client.status(id).recentDecisions()) {
        if (decision.at().isAfter(shownUntil)) {
          shownUntil = decision.at();
          decided.accept(decision);
        }
      }
    } catch (ManagerException unknown) {
      // It has ended, or who asks for its result says what is wrong.
    }
  }
}
