package io.ratelimit.cli.history;

import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.option.RedisOptions;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Json;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Version;
import io.ratelimit.core.history.FileRoundHistory;
import io.ratelimit.core.history.HistoryPage;
import io.ratelimit.core.history.RoundHistory;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.time.Time;
import io.ratelimit.redis.RedisEventQueue;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows the kept rounds. */
@Command(
    name = "history",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Shows the rounds that were kept, newest first: whether their deadline was met and by how much,"
          + " what came and failed, under which limit and with how many workers.",
      "Workers over Redis keep each round beside its queue. What is not known of a round is a ?."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n",
    footer = {
      "  ratelimit history --trend",
      "  ratelimit history --since 7d --types",
      "  ratelimit history --since 30d --max 20000 --csv > rounds.csv"
    })
public final class HistoryCommand implements Callable<Integer> {

  @Mixin private RedisOptions redis = new RedisOptions();

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "Shows the rounds in this file of JSON lines instead of those of a queue.")
  private @Nullable Path file;

  @Option(
      names = "--since",
      paramLabel = "WHEN",
      converter = Moment.Converter.class,
      description = "Only those that ended since then: 24h, 7d, or 2026-01-31T12:00:00Z.")
  private @Nullable Moment since;

  @Option(
      names = "--max",
      paramLabel = "N",
      defaultValue = "20",
      converter = Converters.Events.class,
      description = "How many at most. Default: ${DEFAULT-VALUE}.")
  private int max;

  @Option(
      names = "--trend",
      description = "Shows how figures went from round to round, and whether they rise or fall.")
  private boolean trend;

  @Option(
      names = "--types",
      description = "Shows what the rounds were by event type: how long attempts took, and failed.")
  private boolean types;

  @Option(names = "--json", description = "Print the rounds as JSON.")
  private boolean json;

  @Option(
      names = "--csv",
      description = "Print a line of values for each round, or with --types for each of its types.")
  private boolean csv;

  private final Terminal terminal;

  public HistoryCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** What {@code --json} prints. */
  private record Rounds(Instant at, List<RoundRecord> rounds, long unreadable, boolean more) {}

  @Override
  public Integer call() {
    if (json && csv) {
      throw new InputException("--json and --csv are two forms of one output; take one of them");
    }
    if (file != null) {
      return show(FileRoundHistory.at(file), Time.system().now(), file.toString());
    }
    try (RedisEventQueue queue = redis.connect()) {
      return show(queue.history(), queue.time().now(), "queue " + redis.namespace());
    }
  }

  private int show(RoundHistory history, Instant now, String where) {
    Instant from = since == null ? Instant.EPOCH : since.before(now);
    HistoryPage page = history.since(from, max);
    if (json) {
      terminal
          .out()
          .printLines(
              Json.write(
                  new Rounds(now, page.rounds(), page.unreadable(), page.next().isPresent())));
    } else if (csv) {
      RoundsCsv.lines(page.rounds(), types).forEach(terminal.out()::println);
    } else {
      lines(page, now, where).forEach(terminal.out()::println);
    }
    return 0;
  }

  private List<String> lines(HistoryPage page, Instant now, String where) {
    List<RoundRecord> rounds = page.rounds();
    if (rounds.isEmpty()) {
      List<String> none = new ArrayList<>();
      none.add(
          "no round is kept of "
              + where
              + (since == null ? "" : " that ended since " + since.before(now)));
      none.addAll(RoundsText.unreadable(page.unreadable()));
      return none;
    }
    RoundsText text = new RoundsText(rounds, now, terminal);
    List<String> lines = new ArrayList<>(text.summary(where));
    lines.add("");
    if (trend) {
      lines.addAll(new Trends(rounds, terminal).lines());
    } else if (types) {
      lines.addAll(text.types());
    } else {
      lines.addAll(text.table());
      lines.addAll(text.reasons());
    }
    lines.addAll(RoundsText.unreadable(page.unreadable()));
    if (page.next().isPresent()) {
      lines.add("There are older ones: see --max.");
    }
    return lines;
  }

  /** A moment given by a user, either absolute or as a time ago. */
  record Moment(@Nullable Instant at, Duration ago) {

    Instant before(Instant now) {
      return at == null ? now.minus(ago) : at;
    }

    /** Reads a moment. */
    static final class Converter implements ITypeConverter<Moment> {
      @Override
      public Moment convert(String text) {
        return MomentText.parse(text);
      }
    }
  }
}
