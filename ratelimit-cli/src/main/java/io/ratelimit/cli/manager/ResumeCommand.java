package io.ratelimit.cli.manager;

import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.temporal.RateLimitClient;
import java.util.List;
import picocli.CommandLine.Command;

/** Ends a pause. */
@Command(
    name = "resume",
    description = "Ends the pause of a manager's queue.",
    footer = "  ratelimit resume audit-1")
public final class ResumeCommand extends OneManagerAction {

  public ResumeCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  int run(RateLimitClient client) {
    LimitSettings settings = client.resume(id());
    print(settings, List.of("Manager " + id() + ": starts resume, at " + settings.normal() + "."));
    return 0;
  }
}
