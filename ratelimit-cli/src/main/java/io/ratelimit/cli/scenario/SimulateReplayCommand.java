package io.ratelimit.cli.scenario;

import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.cli.shell.Version;
import io.ratelimit.core.history.FileRoundHistory;
import io.ratelimit.core.history.HistoryException;
import io.ratelimit.core.history.HistoryPage;
import io.ratelimit.core.history.RoundRecord;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Replays a recorded round, as it was and under other settings. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Plays a round of a history again with many seeds: with the settings that it had, as far as"
          + " they are recorded, and beside them with those given here.",
      "A record counts events by minute and type, and the times of attempts; what it does not list"
          + " one by one is drawn again. The result says what."
    },
    parameterListHeading = "%nParameters:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n",
    footer = "  ratelimit simulate replay rounds.jsonl --emergency-limit 90/m")
public final class SimulateReplayCommand implements Callable<Integer> {

  private static final int MOST_ROUNDS = 100_000;

  private final Terminal terminal;

  @Parameters(paramLabel = "FILE", description = "The history, a file of JSON lines.")
  private String file = "";

  @Option(
      names = "--round",
      paramLabel = "ID",
      description = "Which round. Default: the newest one.")
  private String id = "";

  @Mixin private OtherSettings other = new OtherSettings();

  @Mixin private TrialOptions options = new TrialOptions();

  public SimulateReplayCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    RoundRecord round = round();
    Replay.Replayed replayed =
        Replay.of(round, other.limit().filter(unused -> round.limit().normal().isEmpty()));
    Map<String, Settings> variants = new LinkedHashMap<>(replayed.scenario().variants());
    Settings recorded = variants.values().iterator().next();
    Settings changed = other.of(recorded);
    if (!changed.equals(recorded)) {
      variants.put("changed", changed);
    }
    List<String> notes = new ArrayList<>();
    notes.add(told(round));
    notes.addAll(replayed.notes());
    Scenario scenario = replayed.scenario().withVariants(variants);
    try {
      for (Settings settings : variants.values()) {
        var unused = scenario.simulation(settings, options.seed);
      }
    } catch (IllegalArgumentException refused) {
      throw new InputException(String.valueOf(refused.getMessage()));
    }
    return SimulateRunCommand.play(scenario, notes, options, terminal);
  }

  private static String told(RoundRecord round) {
    return String.format(
        Locale.ROOT,
        "recorded, not simulated: %s, took %s of %s, %s%s%s",
        round.outcome().name().toLowerCase(Locale.ROOT),
        Texts.tenths(round.elapsed()),
        Texts.duration(round.deadline()),
        round.arrivals().map(count -> Texts.count(count, "event")).orElse("events unknown"),
        round.limit().extraStarts().map(extra -> ", " + extra + " extra starts").orElse(""),
        round
            .workers()
            .map(workers -> ", " + Texts.number(workers.minutes()) + " minutes of workers")
            .orElse(""));
  }

  private RoundRecord round() {
    String shown = Texts.quoted(file);
    HistoryPage page;
    try {
      Path path = Path.of(file);
      if (!Files.isRegularFile(path)) {
        throw new InputException("the history " + shown + " does not exist");
      }
      page = FileRoundHistory.at(path).since(Instant.EPOCH, MOST_ROUNDS);
    } catch (InvalidPathException missing) {
      throw new InputException("the history " + shown + " does not exist");
    } catch (HistoryException unreadable) {
      throw new InputException(
          "the history " + shown + " cannot be read: " + unreadable.getMessage());
    }
    if (page.rounds().isEmpty()) {
      throw new InputException(
          "the history "
              + shown
              + " holds no rounds"
              + (page.unreadable() == 0
                  ? ""
                  : "; " + Texts.count(page.unreadable(), "line") + " could not be read"));
    }
    return page.rounds().stream()
        .filter(round -> id.isEmpty() || round.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    "the history " + shown + " has no round with the id " + Texts.quoted(id)));
  }
}
