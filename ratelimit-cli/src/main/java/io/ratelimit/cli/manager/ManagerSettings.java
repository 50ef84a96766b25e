package io.ratelimit.cli.manager;

import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.option.FaultOptions;
import io.ratelimit.cli.option.ScalingOptions;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.temporal.manager.ManagerOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The settings of a new manager. */
final class ManagerSettings {

  @Mixin private ScalingOptions scaling = new ScalingOptions();

  @Mixin private FaultOptions faults = new FaultOptions();

  @Option(
      names = "--events-per-activity",
      paramLabel = "N",
      converter = Converters.EventsPerActivity.class,
      description =
          "How many events one activity handles. With 1, Temporal's UI shows each"
              + " event separately; more events mean less history. Default: as many as take"
              + " about 10 seconds.")
  private @Nullable Integer eventsPerActivity;

  /**
   * Returns these settings applied to the defaults of a mode.
   *
   * @throws InputException if they contradict each other
   */
  ManagerOptions appliedTo(ManagerOptions defaults) {
    ManagerOptions options =
        defaults.withTerms(
            scaling.appliedTo(defaults.terms()).withExpectations(faults.expectations()));
    return eventsPerActivity == null ? options : options.withEventsPerActivity(eventsPerActivity);
  }

  /** Describes deadline, workers and emergency limit for people. */
  static String told(ManagerOptions options) {
    return (options.mode() == ManagerOptions.Mode.ROUND
            ? "one round within "
            : "a service, each event within ")
        + Texts.duration(options.terms().deadline())
        + " with a confidence of "
        + Texts.asked(options.terms().confidence())
        + ", "
        + options.terms().workers().min()
        + " to "
        + options.terms().workers().max()
        + " workers, "
        + options
            .terms()
            .emergencyLimit()
            .map(limit -> "in an emergency up to " + limit)
            .orElse("the limit is never raised");
  }
}
