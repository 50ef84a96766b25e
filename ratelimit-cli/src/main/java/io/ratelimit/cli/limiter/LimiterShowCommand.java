package io.ratelimit.cli.limiter;

import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.redis.RedisEventQueue;
import picocli.CommandLine.Command;

/** Shows a limit, and what was started under it. */
@Command(
    name = "show",
    description =
        "Shows the limit, what was started in its window, and from when on the next start is"
            + " allowed. Spends nothing.",
    footer = "  ratelimit limiter show --queue audit --json")
final class LimiterShowCommand extends LimiterAction {

  LimiterShowCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  int run(RedisEventQueue queue) {
    LimiterView view = LimiterView.of(redis.namespace(), queue.stats());
    print(view, view.lines());
    return 0;
  }
}
