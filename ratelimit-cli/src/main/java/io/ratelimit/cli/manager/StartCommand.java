package io.ratelimit.cli.manager;

import io.ratelimit.cli.option.TypicalRound;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.temporal.RateLimitClient;
import io.ratelimit.temporal.manager.ManagerOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts a manager. */
@Command(
    name = "start",
    defaultValueProvider = TypicalRound.class,
    description = {
      "Starts a manager, which drains one round or, with --service, runs until you"
          + " stop it. The workers of its task queue do the work (ratelimit worker); their"
          + " queue has the limit."
    },
    footer = "  ratelimit start audit-1 --deadline 3m --max-workers 10")
public final class StartCommand extends OneManagerAction {

  @Mixin private ManagerSettings settings = new ManagerSettings();

  @Option(names = "--service", description = "Run until ratelimit stop instead of for one round.")
  private boolean service;

  public StartCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  int run(RateLimitClient client) {
    ManagerOptions options =
        settings
            .appliedTo(service ? ManagerOptions.continuous() : ManagerOptions.round())
            .withQueue(queue());
    client.start(id(), options);
    printTold(
        "start",
        "Manager " + id() + " started: " + ManagerSettings.told(options) + ".",
        "Queue "
            + queue()
            + ", task queue "
            + taskQueue()
            + "; see ratelimit status "
            + id()
            + ".");
    return 0;
  }
}
