package io.ratelimit.cli.manager;

import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.watch.ManagerText;
import io.ratelimit.temporal.ManagerStatus;
import io.ratelimit.temporal.RateLimitClient;
import picocli.CommandLine.Command;

/** Shows how a manager is. */
@Command(
    name = "status",
    description = "Shows how a manager is: what it does, its workers, its queue and its decisions.",
    footer = "  ratelimit status audit-1")
public final class StatusCommand extends OneManagerAction {

  public StatusCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  int run(RateLimitClient client) {
    ManagerStatus status = client.status(id());
    print(status, ManagerText.lines(id(), status));
    return 0;
  }
}
