package io.ratelimit.cli.queue;

import io.ratelimit.cli.option.RedisOptions;
import io.ratelimit.cli.shell.ResultOutput;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Version;
import io.ratelimit.cli.watch.QueueView;
import io.ratelimit.redis.RedisEventQueue;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Something to do with a queue in Redis. */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n")
abstract class QueueAction implements Callable<Integer> {

  final Terminal terminal;

  @Mixin RedisOptions redis = new RedisOptions();

  @Mixin private ResultOutput output = new ResultOutput();

  QueueAction(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    try (RedisEventQueue queue = connect()) {
      run(queue);
    }
    return 0;
  }

  /** Connects to the queue, which must exist. */
  RedisEventQueue connect() {
    return redis.connect();
  }

  abstract void run(RedisEventQueue queue);

  /** Prints what the queue holds, and its limit. */
  void printState(RedisEventQueue queue) {
    QueueView view = QueueView.of(redis.namespace(), queue.stats());
    print(view, view.lines());
  }

  /** Prints a result for a script, or the lines that say the same to a person. */
  void print(Object result, Iterable<String> lines) {
    output.print(terminal, result, lines);
  }
}
