package io.ratelimit.cli.watch;

import io.ratelimit.cli.shell.StartsText;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.Constraint;
import io.ratelimit.core.scaling.Mode;
import io.ratelimit.core.scaling.ScalingDecision;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a manager's latest decision expects; the names in JSON are a promise.
 *
 * @param decidedAt when it was decided, by the queue's clock
 * @param finish how long from then on the work takes at most, with the confidence that was asked
 *     for
 * @param timeLeft how long from now the deadline is; negative once it is past
 * @param confidence how probable it is that the deadline is met, 0 to 1
 * @param constraint what keeps the work from being finished sooner
 * @param raisedTo the limit, where it is raised for the deadline
 * @param held how long nothing starts, where the pace does not explain it, as a clause
 */
public record Projection(
    Instant decidedAt,
    Duration finish,
    Duration timeLeft,
    double confidence,
    Constraint constraint,
    Optional<RateLimit> raisedTo,
    Optional<String> held) {

  static Projection of(ScalingDecision decision, QueueFacts queue) {
    Duration since = Duration.between(decision.at(), queue.observedAt());
    return new Projection(
        decision.at(),
        decision.projectedFinish(),
        decision.timeLeft().minus(since),
        decision.confidence(),
        decision.constraint(),
        decision.mode() == Mode.EMERGENCY ? Optional.of(decision.limit()) : Optional.empty(),
        StartsText.held(queue.limit(), queue.paused(), queue.untilNextStart()));
  }

  /** What is said beside whether the deadline is met. */
  String detail() {
    String text =
        held.map(clause -> Character.toUpperCase(clause.charAt(0)) + clause.substring(1) + ". ")
            .orElse("");
    String raised = raisedTo.map(limit -> "The limit is raised to " + limit + ". ").orElse("");
    return text + raised + sentence(constraint);
  }

  private static String sentence(Constraint constraint) {
    return switch (constraint) {
      case RATE -> "The rate limit is the bottleneck: more workers would only wait.";
      case WORKERS -> "The workers are the bottleneck: the limit allows more than they do.";
      case WORK -> "Nothing holds the work back.";
    };
  }

  /** The probability as people read it. */
  String sure() {
    return "met with " + Texts.confidence(confidence);
  }
}
