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

/** Publishes a round whenever an audit is due, and starts a manager that drains it. */
final class AuditScheduler {

  private static final Duration POLL = Duration.ofMillis(250);
  private static final int PREFIX_LENGTH = 4;

  /** The longest prefix of event ids, for any realistic number of rounds. */
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
   * @param options the options of each manager; the deadline is the interval of audits
   * @param interrupted whether everything must end
   * @param longestAbsence how long a server may be unreachable
   * @param tell gets a line when a server is unreachable, and when it is back
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

  /** Ends the current round. */
  void stop() {
    stopped = true;
  }

  /** Returns the manager of the latest round, once there is one. */
  Optional<String> manager() {
    return manager;
  }

  /** Returns whether there will be no further round. */
  boolean isToEnd() {
    return stopped || interrupted.getAsBoolean();
  }

  /** Waits until the next audit is due, or everything must end. */
  void awaitNext() throws InterruptedException {
    while (!isToEnd() && time.now().isBefore(next)) {
      time.sleepUntil(earlier(next, time.now().plus(POLL)));
    }
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  /** Returns the queue's statistics, once it can be reached. */
  QueueStats stats() throws InterruptedException {
    return retrying.call(queue::stats);
  }

  /**
   * Publishes events and waits until they are drained. Retries while a server is unreachable.
   *
   * @param decided gets the manager's new decisions
   * @throws ManagerException.Ended if somebody else ended the manager
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

  /**
   * Returns the number of published events. Duplicates come from an earlier call whose answer was
   * lost, because nobody else has these ids.
   */
  private int published(List<AuditEvent> events) {
    PublishReceipt receipt = queue.publish(events);
    return receipt.accepted() + receipt.duplicateIds().size();
  }

  private String started(String id) {
    try {
      client.start(id, options);
    } catch (ManagerException.AlreadyStarted byACallBefore) {
      // The answer of an earlier start was lost; nobody else has this id.
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
      // The result is ready.
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
      // It has ended; or, asking for its result tells what is wrong.
    }
  }
}
