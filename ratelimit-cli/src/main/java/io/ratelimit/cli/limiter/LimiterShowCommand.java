package io.ratelimit.cli.limiter;

import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.queue.NamedLimitControl;
import io.ratelimit.core.queue.NamedLimitControl.KeyStats;
import io.ratelimit.redis.RedisEventQueue;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows a limit and the starts under it. */
@Command(
    name = "show",
    description =
        "Shows the limit, the starts in its window, and when the next start is"
            + " possible. With --name, shows the state of a named limit's keys. Spends"
            + " nothing.",
    footer = {
      "  ratelimit limiter show --queue audit --json",
      "  ratelimit limiter show --name account --key a1"
    })
final class LimiterShowCommand extends LimiterAction {

  private static final int MOST_KEYS = 100;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "A named limit: shows its active keys, at most 100.")
  private @Nullable String name;

  @Option(names = "--key", paramLabel = "KEY", description = "Show only this key of that limit.")
  private @Nullable String key;

  LimiterShowCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  int run(RedisEventQueue queue) {
    if (name != null) {
      NamedLimitView view = namedView(queue, name);
      print(view, view.lines());
      return 0;
    } else if (key != null) {
      throw new InputException("--key needs the --name of its limit");
    }
    LimiterView view = LimiterView.of(redis.namespace(), queue.stats());
    print(view, view.lines());
    return 0;
  }

  private NamedLimitView namedView(RedisEventQueue queue, String limit) {
    NamedLimitControl control = queue.namedLimitControl();
    NamedLimit settings =
        control.limits().stream()
            .filter(each -> each.name().equals(limit))
            .findFirst()
            .orElseThrow(
                () ->
                    new InputException(
                        "there is no limit "
                            + '"'
                            + limit
                            + '"'
                            + "; there are "
                            + control.limits().stream().map(NamedLimit::name).toList()));
    List<KeyStats> keys =
        key == null
            ? control.keys(limit, Optional.empty(), MOST_KEYS)
            : control.key(new LimitKey(limit, key)).stream().toList();
    return NamedLimitView.of(redis.namespace(), settings, keys);
  }
}
