package io.ratelimit.cli.watch;

import io.ratelimit.cli.shell.StartsText;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.scaling.Mode;
import io.ratelimit.core.scaling.Reason;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.time.Duration;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Whether all goes well, at a glance; the names in JSON are a promise.
 *
 * @param level how good that is
 * @param headline the answer
 * @param detail why
 */
public record Verdict(Level level, String headline, String detail) {

  /** How good something is. */
  enum Level {
    /** As it should be. */
    GOOD,
    /** Worth a look. */
    WARNING,
    /** Something must be done. */
    BAD,
    /** There is nothing to judge. */
    NEUTRAL
  }

  public static Verdict of(MonitorView view) {
    QueueView queue = view.queue();
    if (!queue.conserved()) {
      return new Verdict(
          Level.BAD, "Events are missing", "More were published than the queue accounts for.");
    }
    if (queue.paused()) {
      return new Verdict(
          Level.WARNING,
          "Paused",
          queue
              .pausedUntil()
              .map(until -> "Nothing starts until " + until + ".")
              .orElse("Nothing starts until it is resumed."));
    }
    long unfinished = queue.pending() + queue.delayed() + queue.leased();
    if (unfinished == 0) {
      return new Verdict(Level.NEUTRAL, "Nothing to do", "The queue is empty.");
    }
    Optional<ManagerStatus> manager = view.manager();
    if (manager.isEmpty()) {
      return unmanaged(view, unfinished);
    }
    if (manager.get().unreachable().isPresent()) {
      ManagerStatus.Unreachable away = manager.get().unreachable().get();
      return new Verdict(
          Level.BAD,
          "The manager cannot reach the queue",
          "Nothing is decided since " + away.since() + ": " + away.error());
    }
    return manager
        .flatMap(ManagerStatus::decision)
        .map(decision -> of(decision, queue))
        .orElseGet(
            () -> new Verdict(Level.NEUTRAL, "Starting", "The manager has not decided yet."));
  }

  private static Verdict unmanaged(MonitorView view, long unfinished) {
    double seconds = unfinished * view.queue().limitInForce().secondsPerPermit();
    String time =
        Texts.count(unfinished, "event")
            + " take at least "
            + Texts.duration(Duration.ofMillis(Math.round(seconds * 1_000)))
            + " at "
            + view.queue().limitInForce()
            + ".";
    return view.managerId().isEmpty()
        ? new Verdict(Level.NEUTRAL, "No manager is watched", time)
        : new Verdict(
            Level.WARNING,
            "No manager answers",
            view.managerId().get() + " does not run, or no worker serves it. " + time);
  }

  private static Verdict of(ScalingDecision decision, QueueView queue) {
    Verdict verdict = of(decision);
    return StartsText.held(queue.limitInForce(), queue.paused(), queue.untilNextStart())
        .map(
            held ->
                new Verdict(
                    verdict.level,
                    verdict.headline,
                    Character.toUpperCase(held.charAt(0))
                        + held.substring(1)
                        + ". "
                        + verdict.detail))
        .orElse(verdict);
  }

  private static Verdict of(ScalingDecision decision) {
    Duration spare = decision.timeLeft().minus(decision.projectedFinish());
    String detail = sentence(decision);
    if (decision.mode() == Mode.EMERGENCY) {
      detail = raised(decision) + detail;
    }
    if (decision.reason() == Reason.KEYS_NOT_KNOWN) {
      return new Verdict(
          Level.WARNING,
          "Will make its deadline as far as is known",
          "A named limit has more keys than are looked at. " + detail);
    }
    if (decision.reason() == Reason.DEADLINE_UNSURE) {
      return new Verdict(
          Level.WARNING,
          "May miss its deadline: met with " + Texts.confidence(decision.confidence()),
          detail);
    }
    if (spare.isNegative()) {
      boolean past = decision.timeLeft().isNegative();
      return new Verdict(
          Level.BAD,
          (past ? "Is past its deadline: " : "Won’t make its deadline: ")
              + Texts.duration(rounded(spare.negated()))
              + (past ? " late when all is done" : " short"),
          detail);
    }
    return new Verdict(
        decision.mode() == Mode.EMERGENCY ? Level.WARNING : Level.GOOD,
        rounded(spare).isZero()
            ? "Will just make its deadline"
            : "Will make its deadline: " + Texts.duration(rounded(spare)) + " to spare",
        detail);
  }

  private static String raised(ScalingDecision decision) {
    StringBuilder text = new StringBuilder();
    if (decision.raised().isEmpty()) {
      text.append("The limit is raised to ").append(decision.limit()).append(". ");
    }
    new TreeMap<>(decision.raised())
        .forEach(
            (name, windows) ->
                text.append("The limit ")
                    .append(name)
                    .append(" is raised to ")
                    .append(
                        windows.stream().map(Object::toString).collect(Collectors.joining(", ")))
                    .append(". "));
    return text.toString();
  }

  private static String sentence(ScalingDecision decision) {
    return switch (decision.constraint()) {
      case RATE ->
          decision
                  .binding()
                  .map(key -> "The limit " + key + " is the bottleneck")
                  .orElse("The rate limit is the bottleneck")
              + ": more workers would only wait.";
      case WORKERS -> "The workers are the bottleneck: the limit allows more than they do.";
      case WORK -> "Nothing holds the work back.";
    };
  }

  private static Duration rounded(Duration duration) {
    return Duration.ofMillis(duration.toMillis() / 100 * 100);
  }
}
