package io.ratelimit.cli.scenario;

import io.ratelimit.cli.shell.Console;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Interruption;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.simulation.Simulation;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Plays a scenario with many seeds, the same ones for all settings. */
final class Trials {

  /** The most events to play for one command. */
  static final long MOST_EVENTS = 20_000_000;

  private final Scenario scenario;
  private final long seed;
  private final int runs;
  private final Console progress;

  /**
   * @param settings the most settings to play
   * @throws InputException if these are too many events
   */
  Trials(Scenario scenario, long seed, int runs, int settings, Terminal terminal) {
    this.scenario = scenario;
    this.seed = seed;
    this.runs = runs;
    this.progress = new Console(terminal.err(), terminal.errIsLive());
    long events = scenario.arrivals(seed).stream().mapToLong(List::size).sum();
    if (events * runs * settings > MOST_EVENTS) {
      throw new InputException(
          "--runs "
              + runs
              + " of "
              + Texts.count(events, "event")
              + " with "
              + settings
              + " settings are more than "
              + MOST_EVENTS
              + " events in all; lower --runs");
    }
  }

  /** Plays settings, and returns the outcome. */
  Outcome play(String name, Settings settings) {
    AtomicInteger done = new AtomicInteger();
    try (Interruption interruption = Interruption.telling(() -> progress.status(""))) {
      List<Outcome.Run> played =
          IntStream.range(0, runs)
              .parallel()
              .mapToObj(
                  i -> {
                    Outcome.Run run = Outcome.Run.of(simulation(settings, i).run());
                    if (!interruption.happened()) {
                      progress.status(
                          name + ": " + done.incrementAndGet() + " of " + Texts.count(runs, "run"));
                    }
                    return run;
                  })
              .toList();
      progress.status("");
      return Outcome.of(played);
    }
  }

  /** Returns the full result of the run with the first seed. */
  Simulation.Result first(Settings settings) {
    return simulation(settings, 0).run();
  }

  private Simulation simulation(Settings settings, int run) {
    return scenario.simulation(settings, seed + run);
  }
}
