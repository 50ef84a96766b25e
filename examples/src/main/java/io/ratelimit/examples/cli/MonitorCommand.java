package io.ratelimit.examples.cli;

import io.ratelimit.core.queue.QueueException;
import io.ratelimit.redis.RedisEventQueue;
import io.ratelimit.temporal.ManagerException;
import io.ratelimit.temporal.ManagerStatus;
import io.ratelimit.temporal.RateLimitClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Watches a queue in Redis and, if one is named, its manager. */
@Command(
    name = "monitor",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Shows a queue in Redis and, with --manager, the manager that drains it: what waits, runs and"
          + " failed, the limit and how much of it is used, throughput and decisions. Refreshed in"
          + " place until Ctrl-C; where the output is no terminal, printed again and again."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n",
    footer = "  ratelimit monitor --manager audit-1 --temporal localhost:7233")
final class MonitorCommand implements Callable<Integer> {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Terminal terminal;

  @Mixin private RedisOptions redis = new RedisOptions();

  @Option(names = "--manager", paramLabel = "ID", description = "Show this manager as well.")
  private @Nullable String managerId;

  @Mixin private TemporalOptions temporal = new TemporalOptions();

  @Option(
      names = "--interval",
      paramLabel = "TIME",
      defaultValue = "1s",
      converter = Converters.Deadline.class,
      description = "How often. Default: ${DEFAULT-VALUE}.")
  private Duration interval = Duration.ofSeconds(1);

  @Option(names = "--once", description = "Look once, and end.")
  private boolean once;

  @Option(names = "--json", description = "Print one JSON object each time.")
  private boolean json;

  MonitorCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    try (RedisEventQueue queue = redis.connect()) {
      if (managerId == null) {
        return watch(new Monitor(redis.namespace(), queue, Optional.empty(), Optional::empty));
      }
      String id = managerId;
      try (RateLimitClient client = temporal.connect()) {
        return watch(
            new Monitor(redis.namespace(), queue, Optional.of(id), () -> status(client, id)));
      }
    }
  }

  private static Optional<ManagerStatus> status(RateLimitClient client, String id) {
    try {
      return Optional.of(client.status(id));
    } catch (ManagerException away) {
      return Optional.empty();
    }
  }

  private int watch(Monitor monitor) throws InterruptedException {
    if (once) {
      print(monitor.look());
      return 0;
    }
    if (json || !terminal.outIsLive()) {
      return repeat(monitor, this::print, line -> terminal.err().println(line));
    }
    try (LiveScreen screen = LiveScreen.open()) {
      return repeat(
          monitor, view -> screen.show(view.lines(terminal)), line -> screen.show(List.of(line)));
    }
  }

  private int repeat(Monitor monitor, Consumer<MonitorView> show, Consumer<String> complain)
      throws InterruptedException {
    try (Interruption interruption = Interruption.toWaitFor(PATIENCE)) {
      while (true) {
        try {
          show.accept(monitor.look());
        } catch (QueueException away) {
          complain.accept("The queue cannot be read; trying again. " + Causes.told(away));
        }
        if (terminal.out().checkError()) {
          return 0;
        }
        if (interruption.await(interval)) {
          return Interruption.EXIT_CODE;
        }
      }
    }
  }

  private void print(MonitorView view) {
    if (json) {
      terminal.out().println(Json.write(view));
    } else {
      List<String> lines = new ArrayList<>(view.lines(terminal));
      if (!once) {
        lines.add("");
      }
      lines.forEach(terminal.out()::println);
    }
    terminal.out().flush();
  }
}
