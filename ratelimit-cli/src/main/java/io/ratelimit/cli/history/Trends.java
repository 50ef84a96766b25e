package io.ratelimit.cli.history;

import io.ratelimit.cli.shell.Style;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.cli.watch.RoundFigures;
import io.ratelimit.core.history.RoundRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleFunction;
import java.util.function.Function;

/** Draws how figures changed from round to round: a line of bars each, oldest first. */
final class Trends {

  private static final String BARS = "▁▂▃▄▅▆▇█";
  private static final String ASCII_BARS = ".:-=+*#@";
  private static final int LABEL = 10;
  private static final int MOST_BARS = 60;
  private static final int SHORTEST = 10;

  /** Room for the words beside the bars. */
  private static final int WORDS = 34;

  /** A change of less than this share counts as none. */
  private static final double STEADY = 0.1;

  private static final int FEWEST_FOR_A_TREND = 6;

  private final List<RoundRecord> oldestFirst;
  private final Terminal terminal;
  private final int bars;
  private final List<String> lines = new ArrayList<>();

  Trends(List<RoundRecord> newestFirst, Terminal terminal) {
    List<RoundRecord> reversed = new ArrayList<>(newestFirst);
    Collections.reverse(reversed);
    this.oldestFirst = reversed;
    this.terminal = terminal;
    int room = terminal.lineLength(terminal.outIsLive()) - LABEL - WORDS;
    this.bars = Math.max(SHORTEST, Math.min(MOST_BARS, room));
  }

  List<String> lines() {
    add("margin", round -> round.margin().map(Texts::seconds), Trends::seconds);
    add("events", round -> round.arrivals().map(Long::doubleValue), Texts::number);
    add("failed", RoundRecord::failureRate, Texts::percent);
    add("slow", round -> RoundFigures.slow(round).map(Texts::seconds), Trends::seconds);
    add("limit", round -> RoundFigures.highest(round).map(l -> l.perMinute()), Trends::perMinute);
    add("extra", round -> round.limit().extraStarts().map(Long::doubleValue), Texts::number);
    add("workers", round -> round.workers().map(w -> (double) w.most()), Texts::number);
    lines.add("");
    lines.addAll(
        Texts.hanging(
            drawn()
                + " slow: nine tenths of the attempts took at most so"
                + " long; extra: starts beyond those of the normal limit. Rising and falling: the"
                + " newer half beside the older one.",
            0,
            terminal.lineLength(terminal.outIsLive())));
    return lines;
  }

  /** The figures cover all rounds, whether or not there is room for their bars. */
  private String drawn() {
    return bars < oldestFirst.size()
        ? "Bars: the latest " + bars + " rounds, the newest last; figures: all rounds."
        : "From the oldest round to the newest.";
  }

  private static String seconds(double value) {
    return Texts.tenths(Duration.ofMillis(Math.round(value * 1_000)));
  }

  private static String perMinute(double value) {
    return Texts.number(value) + "/min";
  }

  private void add(
      String label, Function<RoundRecord, Optional<Double>> figure, DoubleFunction<String> text) {
    List<Optional<Double>> all = oldestFirst.stream().map(figure).toList();
    List<Double> known = all.stream().flatMap(Optional::stream).toList();
    if (known.isEmpty()) {
      lines.add(Texts.padded(label, LABEL) + "not known");
      return;
    }
    double least = Collections.min(known);
    double most = Collections.max(known);
    List<Optional<Double>> drawn = all.subList(Math.max(0, all.size() - bars), all.size());
    StringBuilder bar = new StringBuilder();
    drawn.forEach(value -> bar.append(value.map(v -> bar(v, least, most)).orElse('?')));
    String words =
        least == most
            ? "always " + text.apply(least)
            : text.apply(least) + " to " + text.apply(most) + direction(known);
    lines.add(
        Texts.padded(label, LABEL) + terminal.styled(Style.CYAN, bar.toString()) + "  " + words);
  }

  private char bar(double value, double least, double most) {
    String levels = terminal.unicode() ? BARS : ASCII_BARS;
    double level = most == least ? 0 : (value - least) / (most - least) * (levels.length() - 1);
    return levels.charAt((int) Math.round(level));
  }

  /** Compares the newer half with the older one; says nothing about few rounds. */
  static String direction(List<Double> oldestFirst) {
    if (oldestFirst.size() < FEWEST_FOR_A_TREND) {
      return "";
    }
    int half = oldestFirst.size() / 2;
    double older = mean(oldestFirst.subList(0, half));
    double newer = mean(oldestFirst.subList(oldestFirst.size() - half, oldestFirst.size()));
    double change = newer - older;
    if (Math.abs(change) <= STEADY * Math.max(Math.abs(older), Math.abs(newer))) {
      return ", steady";
    }
    return change > 0 ? ", rising" : ", falling";
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElse(0);
  }
}
