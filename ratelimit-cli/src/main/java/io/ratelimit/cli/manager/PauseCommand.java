package io.ratelimit.cli.manager;

import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.temporal.RateLimitClient;
import java.util.List;
import picocli.CommandLine.Command;

/** Pauses a manager's queue. */
@Command(
    name = "pause",
    description = "Stops all starts of a manager's queue, in every process, until you resume it.",
    footer = "  ratelimit pause audit-1")
public final class PauseCommand extends OneManagerAction {

  public PauseCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  int run(RateLimitClient client) {
    LimitSettings settings = client.pause(id());
    print(
        settings,
        List.of("Manager " + id() + ": nothing starts until ratelimit resume " + id() + "."));
    return 0;
  }
}
