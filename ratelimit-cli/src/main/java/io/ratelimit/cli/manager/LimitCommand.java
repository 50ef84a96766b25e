package io.ratelimit.cli.manager;

import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.temporal.RateLimitClient;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Changes the limit of a manager's queue. */
@Command(
    name = "limit",
    description = {
      "Changes the limit of a manager's queue for every process, from the next take"
          + " on. Starts already made count against the new limit."
    },
    footer = "  ratelimit limit audit-1 30/m")
public final class LimitCommand extends OneManagerAction {

  @Parameters(
      index = "1",
      paramLabel = "RATE",
      converter = Converters.Limit.class,
      description = "The limit: starts per period, like 20/m or \"100/30s burst 5 margin 1s\".")
  private RateLimit limit = RateLimit.of(20).perMinute();

  public LimitCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  int run(RateLimitClient client) {
    LimitSettings settings = client.changeLimit(id(), limit);
    print(settings, List.of("Manager " + id() + ": the limit is " + settings.normal()));
    return 0;
  }
}
