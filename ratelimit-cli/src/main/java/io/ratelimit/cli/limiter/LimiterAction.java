package io.ratelimit.cli.limiter;

import io.ratelimit.cli.option.RedisOptions;
import io.ratelimit.cli.shell.ResultOutput;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Version;
import io.ratelimit.redis.RedisEventQueue;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** An action on a limit in Redis. */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n")
abstract class LimiterAction implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin RedisOptions redis = new RedisOptions();

  @Mixin private ResultOutput output = new ResultOutput();

  LimiterAction(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    try (RedisEventQueue queue = connect()) {
      return run(queue);
    }
  }

  /** Connects to the queue, which must exist. */
  RedisEventQueue connect() {
    return redis.connect();
  }

  /** Runs the action, and returns the exit code. */
  abstract int run(RedisEventQueue queue) throws InterruptedException;

  /** Prints a result as JSON, or as lines for people. */
  void print(Object result, Iterable<String> lines) {
    output.print(terminal, result, lines);
  }
}
