package io.ratelimit.cli.manager;

import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.option.TypicalRound;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.temporal.RateLimitClient;
import io.ratelimit.temporal.manager.ManagerOptions;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Creates a schedule. */
@Command(
    name = "create",
    defaultValueProvider = TypicalRound.class,
    description = {
      "Creates a schedule that starts a manager for one round each time. If the"
          + " previous manager is still running, that time is skipped."
    },
    footer = "  ratelimit schedule create audits --every 3m")
final class ScheduleCreateCommand extends OneManagerAction {

  @Option(
      names = "--every",
      paramLabel = "TIME",
      defaultValue = "3m",
      converter = Converters.Deadline.class,
      description = "How often to start a manager, at least every 1s. Default: ${DEFAULT-VALUE}.")
  private Duration every = Duration.ofMinutes(3);

  @Mixin private ManagerSettings settings = new ManagerSettings();

  ScheduleCreateCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  int run(RateLimitClient client) {
    if (every.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new InputException("--every must be at least 1s but is " + Texts.duration(every));
    }
    ManagerOptions options = settings.appliedTo(ManagerOptions.round()).withQueue(queue());
    client.createSchedule(id(), options, every);
    printTold(
        "create",
        "Schedule "
            + id()
            + ": each "
            + Texts.duration(every)
            + ", "
            + ManagerSettings.told(options)
            + ".");
    return 0;
  }
}
