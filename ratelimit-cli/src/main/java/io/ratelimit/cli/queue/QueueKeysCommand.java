package io.ratelimit.cli.queue;

import io.ratelimit.cli.option.MaxOption;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.NamedLimitSettings;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.NamedLimitControl;
import io.ratelimit.redis.RedisEventQueue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows the named limits of a queue, or a page of the keys of one. */
@Command(
    name = "keys",
    description = {
      "Shows the named limits of a queue, or the state of the keys of one limit: a"
          + " page of keys that have starts in a window, wait, are in flight or are paused."
    },
    footer = "  ratelimit queue keys orders --max 100")
final class QueueKeysCommand extends QueueAction {

  @Parameters(
      paramLabel = "LIMIT",
      arity = "0..1",
      description = "The name of a limit. Without it, all limits.")
  private @Nullable String name;

  @Option(
      names = "--after-key",
      paramLabel = "KEY",
      description = "Show only keys after this one: the last key of the previous page.")
  private @Nullable String after;

  @Mixin private MaxOption max = new MaxOption();

  QueueKeysCommand(Terminal terminal) {
    super(terminal);
  }

  /** A named limit in the JSON output. */
  private record LimitView(
      String limit, List<RateLimit> windows, OptionalInt maxInFlight, int overrides, int demands) {

    static LimitView of(NamedLimitSettings settings, Instant now) {
      NamedLimit limit = settings.limit();
      return new LimitView(
          limit.name(),
          limit.windows(),
          limit.maxInFlight(),
          settings.overrides().size(),
          (int) settings.demands().stream().filter(demand -> now.isBefore(demand.until())).count());
    }

    List<String> row() {
      return List.of(
          limit,
          windows.isEmpty()
              ? "-"
              : windows.stream().map(RateLimit::toString).collect(Collectors.joining(", ")),
          maxInFlight.isPresent() ? Integer.toString(maxInFlight.getAsInt()) : "-",
          Integer.toString(overrides),
          Integer.toString(demands));
    }
  }

  @Override
  void run(RedisEventQueue queue) {
    NamedLimitControl control = queue.namedLimitControl();
    Instant now = queue.time().now();
    if (name == null) {
      List<LimitView> limits =
          control.limits().stream()
              .flatMap(limit -> control.settings(limit.name()).stream())
              .map(settings -> LimitView.of(settings, now))
              .toList();
      print(limits, limits(limits));
    } else {
      NamedLimitSettings settings = NamedLimits.require(control, name);
      List<KeyView> keys =
          control.keys(name, Optional.ofNullable(after), max.get()).stream()
              .map(stats -> KeyView.of(settings, stats))
              .toList();
      print(keys, keys(keys, now));
    }
  }

  private static List<String> limits(List<LimitView> limits) {
    if (limits.isEmpty()) {
      return List.of("the queue has no named limits");
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("LIMIT", "WINDOWS", "IN FLIGHT", "OVERRIDES", "DEMANDS"));
    limits.forEach(limit -> rows.add(limit.row()));
    return Texts.table(rows);
  }

  private List<String> keys(List<KeyView> keys, Instant now) {
    if (keys.isEmpty()) {
      return List.of("no " + (after == null ? "" : "further ") + "key matters now");
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(KeyView.HEADER);
    keys.forEach(key -> rows.add(key.row(now)));
    List<String> lines = new ArrayList<>(Texts.table(rows));
    if (keys.size() == max.get()) {
      lines.add("there may be more: --after-key " + Texts.quoted(keys.get(keys.size() - 1).key()));
    }
    return lines;
  }
}
