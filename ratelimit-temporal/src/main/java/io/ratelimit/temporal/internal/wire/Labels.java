package io.ratelimit.temporal.internal.wire;

import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.util.Locale;

/** Texts about managers for the Temporal UI. */
public final class Labels {

  /** Returns one line about a new manager. */
  public static String summary(ManagerOptions options) {
    boolean round = options.mode() == ManagerOptions.Mode.ROUND;
    return (round ? "Round" : "Service")
        + options.queue().map(name -> " over queue " + name).orElse("")
        + (round ? ": done within " : ": each event within ")
        + options.terms().deadline()
        + ", "
        + options.terms().workers().min()
        + " to "
        + options.terms().workers().max()
        + " workers";
  }

  /** Returns details about a new manager, in Markdown. */
  public static String details(ManagerOptions options) {
    return "- Confidence of the deadline: "
        + options.terms().confidence()
        + "\n- Emergency limit: "
        + options.terms().emergencyLimit().map(Object::toString).orElse("none")
        + "\n- Decides every "
        + options.terms().decisionInterval()
        + ", idle every "
        + options.idleInterval()
        + "\n- Events per activity: "
        + options.eventsPerActivity().map(Object::toString).orElse("as many as take about 10 s")
        + "\n- Grace when it stops: "
        + options.shutdownGrace();
  }

  /** Returns what a manager is doing and why, in Markdown. */
  public static String now(ManagerStatus status) {
    return "**"
        + status.state().name().toLowerCase(Locale.ROOT)
        + "**"
        + status.queueName().map(name -> ", queue " + name).orElse("")
        + status
            .queue()
            .map(
                seen ->
                    ": "
                        + seen.pending()
                        + " pending, "
                        + seen.delayed()
                        + " delayed, "
                        + seen.leased()
                        + " leased, "
                        + seen.failed()
                        + " failed")
            .orElse("")
        + status
            .capped()
            .map(holds -> "\n\nThe workers allow less than was requested:\n\n" + details(holds))
            .orElse("")
        + status.decision().map(ScalingDecision::explanation).map(why -> "\n\n" + why).orElse("");
  }

  private Labels() {}
}
