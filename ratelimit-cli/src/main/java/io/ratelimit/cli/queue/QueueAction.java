package io.ratelimit.cli.queue;

import static java.util.stream.Collectors.joining;

import io.ratelimit.cli.option.RedisOptions;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.ResultOutput;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Version;
import io.ratelimit.cli.watch.QueueView;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.NamedLimitSettings;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.FailedEvent;
import io.ratelimit.core.queue.FailedQueue;
import io.ratelimit.core.queue.NamedLimitControl;
import io.ratelimit.core.queue.NamedLimitControl.KeyStats;
import io.ratelimit.redis.RedisEventQueue;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** An action on a queue in Redis. */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n")
abstract class QueueAction implements Callable<Integer> {

  private static final int MOST_NAMED = 10;

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

  /** Returns the failed event with a sequence, if any. */
  static Optional<FailedEvent> find(FailedQueue failed, long sequence) {
    return failed.page(Math.max(0, sequence - 1), 1).stream()
        .filter(event -> event.sequence() == sequence)
        .findFirst();
  }

  /**
   * Fails the command after its work if part of it could not be done.
   *
   * @throws InputException if one of these sequences is not in the failed queue
   */
  static void requireFound(List<Long> notFound) {
    if (!notFound.isEmpty()) {
      throw new InputException(
          "no failed event has the number "
              + notFound.stream().limit(MOST_NAMED).map(String::valueOf).collect(joining(", "))
              + (notFound.size() > MOST_NAMED
                  ? " or " + (notFound.size() - MOST_NAMED) + " more of those given"
                  : "")
              + "; ratelimit queue failed lists the existing ones");
    }
  }

  /** Prints the contents and the limit of the queue. */
  void printState(RedisEventQueue queue) {
    QueueView view = QueueView.of(redis.namespace(), queue.stats());
    print(view, view.lines());
  }

  /** Prints the state of a key of a named limit. */
  void printKey(RedisEventQueue queue, LimitKey key) {
    NamedLimitControl control = queue.namedLimitControl();
    Instant now = queue.time().now();
    NamedLimitSettings settings = NamedLimits.require(control, key.limit());
    KeyView view =
        KeyView.of(settings, control.key(key).orElseGet(() -> unused(settings, key, now)));
    print(view, view.lines(now));
  }

  /** Returns the state of an unused key, which the queue does not keep. */
  private static KeyStats unused(NamedLimitSettings settings, LimitKey key, Instant now) {
    List<RateLimit> windows = settings.inForce(key.key(), now);
    return new KeyStats(
        key,
        windows,
        Collections.nCopies(windows.size(), 0L),
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.of(now));
  }

  /** Prints a result as JSON, or as lines for people. */
  void print(Object result, Iterable<String> lines) {
    output.print(terminal, result, lines);
  }
}
