package io.ratelimit.cli.manager;

import io.ratelimit.cli.option.SlotsText;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.watch.ManagerText;
import io.ratelimit.temporal.RateLimitClient;
import io.ratelimit.temporal.manager.ManagerDescription;
import io.ratelimit.temporal.manager.ManagerException;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.util.Optional;
import picocli.CommandLine.Command;

/** Shows how a manager is. */
@Command(
    name = "status",
    description = {
      "Shows how a manager is: what it does, its workers, its queue and its decisions. Where it does"
          + " not answer, what the server knows of it, and ends with 3."
    },
    footer = "  ratelimit status audit-1")
public final class StatusCommand extends OneManagerAction {

  public StatusCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  int run(RateLimitClient client) {
    try {
      ManagerStatus status = client.status(id());
      Optional<String> slots = status.slots().isPresent() ? Optional.empty() : announced(client);
      print(status, ManagerText.lines(id(), status, slots));
      return 0;
    } catch (ManagerException.Stuck | ManagerException.NoAnswer silent) {
      // The server knows something all the same; the failure says why it is not all.
      ManagerDescription known = client.describe(id());
      print(known, ManagerText.lines(known, announced(client)));
      throw silent;
    }
  }

  /** More than what was asked for: where it cannot be had, nothing is said. */
  private static Optional<String> announced(RateLimitClient client) {
    try {
      return SlotsText.of(client.workers());
    } catch (ManagerException unknown) {
      return Optional.empty();
    }
  }
}
