package io.ratelimit.cli.watch;

import io.ratelimit.cli.shell.StartsText;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import io.ratelimit.core.scaling.ScalingDecision.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a manager's latest decision expects. The names in JSON are stable.
 *
 * @param decidedAt when the manager decided, by the queue's clock
 * @param finish the longest time that the work takes from then on, with the requested confidence
 * @param timeLeft the time from now until the deadline; negative once it is past
 * @param confidence the probability that the deadline is met, 0 to 1
 * @param constraint what prevents the work from finishing sooner
 * @param binding the key of the named limit that does, if it is not the queue's own limit
 * @param raisedTo the limit, if it is raised for the deadline
 * @param raised the windows of named limits that are raised for it, by name
 * @param keysKnown whether no unexamined key of a named limit could miss the deadline
 * @param forecast whether the decision provides for events that are forecast to come
 * @param held how long nothing starts, unless the pace explains it, as a clause
 */
public record Projection(
    Instant decidedAt,
    Duration finish,
    Duration timeLeft,
    double confidence,
    Constraint constraint,
    Optional<LimitKey> binding,
    Optional<RateLimit> raisedTo,
    Map<String, List<RateLimit>> raised,
    boolean keysKnown,
    boolean forecast,
    Optional<String> held) {

  static Projection of(ScalingDecision decision, QueueFacts queue) {
    Duration since = Duration.between(decision.at(), queue.observedAt());
    return new Projection(
        decision.at(),
        decision.projectedFinish(),
        decision.timeLeft().minus(since),
        decision.confidence(),
        decision.constraint(),
        decision.binding(),
        decision.mode() == Mode.EMERGENCY && decision.raised().isEmpty()
            ? Optional.of(raised(decision.limit(), queue.limit()))
            : Optional.empty(),
        decision.raised(),
        decision.reason() != Reason.KEYS_NOT_KNOWN,
        decision.reason() == Reason.ARRIVALS_FORECAST,
        StartsText.held(queue.limit(), queue.paused(), queue.untilNextStart()));
  }

  /**
   * A decided limit takes effect in a moment. The limit in force may be higher because of an
   * earlier demand.
   */
  private static RateLimit raised(RateLimit decided, RateLimit inForce) {
    return inForce.isFasterThan(decided) ? inForce : decided;
  }

  /** Returns the details, without whether the deadline is met. */
  String detail() {
    String text =
        held.map(clause -> Character.toUpperCase(clause.charAt(0)) + clause.substring(1) + ". ")
            .orElse("");
    String own = raisedTo.map(limit -> "The limit is raised to " + limit + ". ").orElse("");
    String coming = forecast ? "Events that are forecast to come are provided for, too. " : "";
    return text + own + named() + coming + sentence();
  }

  /** Returns whether a limit is raised for the deadline. */
  boolean isRaised() {
    return raisedTo.isPresent() || !raised.isEmpty();
  }

  private String named() {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(raised)
        .forEach(
            (name, windows) ->
                text.append("The limit ")
                    .append(name)
                    .append(" is raised to ")
                    .append(
                        windows.stream().map(RateLimit::toString).collect(Collectors.joining(", ")))
                    .append(". "));
    if (!keysKnown) {
      text.append("A named limit has more keys than the decision considers. ");
    }
    return text.toString();
  }

  private String sentence() {
    return switch (constraint) {
      case RATE ->
          binding
                  .map(key -> "The limit " + key + " is the bottleneck")
                  .orElse("The rate limit is the bottleneck")
              + ": more workers would only wait.";
      case WORKERS -> "The workers are the bottleneck: the limit allows more than they do.";
      case WORK -> "Nothing holds the work back.";
    };
  }

  /** Returns the probability in words. */
  String sure() {
    return keysKnown ? "met with " + Texts.confidence(confidence) : "met as far as known";
  }
}
