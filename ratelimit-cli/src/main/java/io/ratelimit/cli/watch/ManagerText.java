package io.ratelimit.cli.watch;

import io.ratelimit.cli.shell.StartsText;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.temporal.manager.ManagerDescription;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Describes a manager for a person. */
public final class ManagerText {

  private static final int INDENT = 12;

  /** A shorter time without a worker is not worth telling. */
  private static final Duration WORTH_TELLING = Duration.ofSeconds(10);

  /**
   * Describes a manager that answers.
   *
   * @param announced what workers themselves say about their slots, shown if the manager has heard
   *     from none
   */
  public static List<String> lines(String id, ManagerStatus status, Optional<String> announced) {
    List<String> lines = new ArrayList<>(itself(id, status, announced));
    status.queue().ifPresent(queue -> lines.add(line("Queue", queue(queue))));
    status.queue().ifPresent(queue -> lines.addAll(measured(queue)));
    status.limit().ifPresent(limit -> lines.add(line("Limit", limit(status, limit))));
    untilNextStart(status)
        .ifPresent(wait -> lines.add(line("Next start", "in " + Texts.tenths(wait))));
    lines.addAll(history(status));
    return lines;
  }

  /**
   * Describes a manager beside its queue. What the manager knows of the queue is a little older and
   * would contradict, so it is left out.
   */
  static List<String> besideItsQueue(String id, ManagerStatus status) {
    List<String> lines = new ArrayList<>(itself(id, status, Optional.empty()));
    lines.addAll(history(status));
    return lines;
  }

  private static List<String> itself(String id, ManagerStatus status, Optional<String> announced) {
    List<String> lines = new ArrayList<>();
    lines.add(line("Manager", id + ", " + state(status)));
    status.unreachable().ifPresent(away -> lines.add(line("Queue", away(away))));
    status.startedAt().ifPresent(at -> lines.add(line("Started", started(at, status))));
    lines.add(line("Workers", workers(status, announced)));
    status.capped().ifPresent(holds -> lines.add(line("Capped", capped(holds))));
    return lines;
  }

  private static List<String> history(ManagerStatus status) {
    List<String> lines = new ArrayList<>();
    lines.add(line("Attempts", counts(status.counts())));
    String reason = "Failures";
    for (String failure : status.recentFailures()) {
      lines.add(line(reason, failure));
      reason = "";
    }
    String label = "Decisions";
    for (ScalingDecision decision : status.recentDecisions()) {
      lines.add(line(label, decision.explanation()));
      label = "";
    }
    return lines;
  }

  /**
   * Describes a manager that does not answer, or has ended, by what the server knows.
   *
   * @param announced what workers themselves say about their slots
   */
  public static List<String> lines(ManagerDescription known, Optional<String> announced) {
    List<String> lines = new ArrayList<>();
    lines.add(line("Manager", known.id() + ", " + known.status().toLowerCase(Locale.ROOT)));
    lines.add(line("Started", Texts.second(known.startedAt())));
    known.closedAt().ifPresent(at -> lines.add(line("Ended", Texts.second(at))));
    known
        .state()
        .ifPresent(state -> lines.add(line("Said last", state.name().toLowerCase(Locale.ROOT))));
    known.problem().ifPresent(problem -> lines.add(line("Problem", problem)));
    if (known.running()) {
      lines.add(
          line("Workers", known.lanes() + " active" + announced.map(s -> "; " + s).orElse("")));
    }
    lines.add(
        line(
            "Queue",
            known.queue().orElse("unknown")
                + known
                    .pending()
                    .filter(any -> known.running())
                    .map(pending -> ", " + pending + " pending")
                    .orElse("")));
    lines.add(line("Task queue", known.taskQueue()));
    return lines;
  }

  private static String state(ManagerStatus status) {
    String state = status.state().name().toLowerCase(Locale.ROOT);
    return state
        + (status.mode() == ManagerOptions.Mode.ROUND ? "; one round" : "; a service")
        + (status.runs() == 0 ? "" : ", continued as new " + status.runs() + " times");
  }

  private static String away(ManagerStatus.Unreachable away) {
    return "cannot be reached since "
        + Texts.second(away.since())
        + ", so what follows is older: "
        + away.error();
  }

  private static String started(Instant at, ManagerStatus status) {
    return Texts.second(at)
        + status
            .waited()
            .filter(waited -> waited.compareTo(WORTH_TELLING) >= 0)
            .map(waited -> "; there was no worker for " + Texts.duration(waited))
            .orElse("");
  }

  private static String workers(ManagerStatus status, Optional<String> announced) {
    return status.workersActive()
        + " active, "
        + status.workersWanted()
        + " wanted, "
        + status.workers().min()
        + " to "
        + status.workers().max()
        + " allowed"
        + status
            .slots()
            .map(slots -> "slots for " + Texts.count(slots, "lane"))
            .or(() -> announced)
            .map(slots -> "; " + slots)
            .orElse("")
        + (status.workersWaiting() == 0
            ? ""
            : "; " + status.workersWaiting() + " without a slot: start more workers");
  }

  private static String capped(ManagerOptions holds) {
    return "more was requested than its workers allow; in force: a decision every "
        + Texts.duration(holds.terms().decisionInterval())
        + ", "
        + Texts.count(holds.terms().workers().max(), "worker")
        + holds
            .eventsPerActivity()
            .map(events -> ", " + Texts.count(events, "event") + " an activity")
            .orElse("");
  }

  private static String queue(ManagerStatus.Queue queue) {
    return queue.pending()
        + " pending, "
        + queue.delayed()
        + " delayed, "
        + queue.leased()
        + " running, "
        + queue.done()
        + " done, "
        + queue.failed()
        + " failed at "
        + Texts.second(queue.observedAt());
  }

  private static List<String> measured(ManagerStatus.Queue queue) {
    List<MeasuredType> types =
        queue.measured().stream()
            .map(each -> MeasuredType.of(each.type(), each.estimate()))
            .toList();
    List<String> lines = new ArrayList<>();
    for (String text : MeasuredType.lines(types)) {
      lines.add(line(lines.isEmpty() ? "Measured" : "", text));
    }
    return lines;
  }

  private static Optional<Duration> untilNextStart(ManagerStatus status) {
    return status
        .limit()
        .flatMap(ManagerStatus.Limit::nextStart)
        .flatMap(at -> status.queue().map(queue -> Duration.between(queue.observedAt(), at)));
  }

  private static String limit(ManagerStatus status, ManagerStatus.Limit limit) {
    return limit.inForce()
        + ", "
        + StartsText.of(
            limit.startsInWindow(),
            limit.inForce(),
            status.state() == ManagerStatus.State.PAUSED,
            untilNextStart(status))
        + (limit.inForce().equals(limit.normal()) ? "" : "; normally " + limit.normal());
  }

  private static String counts(ManagerStatus.Counts counts) {
    return counts.attempts()
        + " made, "
        + counts.done()
        + " done, "
        + counts.retries()
        + " to be retried, "
        + counts.failed()
        + " given up"
        + (counts.lost() == 0 ? "" : ", " + counts.lost() + " LOST by the queue's store")
        + (counts.laneFailures() == 0
            ? ""
            : "; " + Texts.count(counts.laneFailures(), "lane") + " failed");
  }

  private static String line(String label, String text) {
    return Texts.padded(label, INDENT) + text;
  }

  private ManagerText() {}
}
