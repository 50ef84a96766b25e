package io.ratelimit.cli.history;

import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.option.RedisOptions;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Json;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Version;
import io.ratelimit.cli.watch.ForecastView;
import io.ratelimit.core.forecast.Forecaster;
import io.ratelimit.core.history.FileRoundHistory;
import io.ratelimit.core.history.HistoryQuery;
import io.ratelimit.core.history.RoundHistory;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.internal.engine.LearnedRounds;
import io.ratelimit.core.time.Time;
import io.ratelimit.redis.RedisEventQueue;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what the next round will bring, and how wrong earlier forecasts were. */
@Command(
    name = "forecast",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Shows what is forecast of the next round from the rounds that were kept: how many events,"
          + " when, and how much work; how wrong forecasts of the latest rounds were; and whether"
          + " rounds rely on them.",
      "It is computed as engines and managers with the standard model compute it. Services have no"
          + " rounds, and are not forecast."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n",
    footer = "  ratelimit forecast --queue audits")
public final class ForecastCommand implements Callable<Integer> {

  @Mixin private RedisOptions redis = new RedisOptions();

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description =
          "Forecasts from the rounds in this file of JSON lines: those of --queue, or else of the"
              + " queue that the newest of them is of.")
  private @Nullable Path file;

  @Option(
      names = "--max",
      paramLabel = "N",
      defaultValue = "10",
      converter = Converters.Events.class,
      description = "How many past forecasts at most; 200 are known. Default: ${DEFAULT-VALUE}.")
  private int max;

  @Option(names = "--json", description = "Print the forecast as JSON.")
  private boolean json;

  private final Terminal terminal;

  public ForecastCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (file != null) {
      RoundHistory history = FileRoundHistory.at(file);
      return show(history, Time.system().now(), queueIn(history));
    }
    try (RedisEventQueue queue = redis.connect()) {
      return show(queue.history(), queue.time().now(), redis.namespace());
    }
  }

  private String queueIn(RoundHistory history) {
    return redis.isNamed()
        ? redis.namespace()
        : history.read(HistoryQuery.newest(1)).rounds().stream()
            .map(RoundRecord::queue)
            .findFirst()
            .orElseThrow(() -> new InputException("no round is kept of " + file));
  }

  private int show(RoundHistory history, Instant now, String queue) {
    LearnedRounds rounds = new LearnedRounds(Forecaster.standard(), Optional.of(queue));
    rounds.learn(history, now);
    ForecastView forecast = ForecastView.of(queue, rounds, now, Optional.empty()).withLatest(max);
    if (json) {
      terminal.out().printLines(Json.write(forecast));
    } else {
      new ForecastText(forecast, terminal).lines().forEach(terminal.out()::println);
    }
    return 0;
  }
}
