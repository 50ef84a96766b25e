package io.ratelimit.cli.history;

import static io.ratelimit.cli.watch.RoundFigures.shown;

import io.ratelimit.cli.shell.Style;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.cli.watch.ForecastView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes a forecast for people: the facts in words, by type, and beside what came. */
final class ForecastText {

  private static final int INDENT = 12;

  private final ForecastView forecast;
  private final Terminal terminal;

  ForecastText(ForecastView forecast, Terminal terminal) {
    this.forecast = forecast;
    this.terminal = terminal;
  }

  /** Returns the lines. With names of usual length, none is wider than the terminal. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    add(lines, "Queue", forecast.queue().isEmpty() ? "without a name" : forecast.queue());
    forecast.facts().forEach(fact -> add(lines, fact.label(), fact.text()));
    forecast
        .expected()
        .filter(expected -> !expected.types().isEmpty())
        .ifPresent(
            expected -> {
              lines.add("");
              lines.addAll(types(expected.types()));
            });
    if (!forecast.past().isEmpty()) {
      lines.add("");
      lines.addAll(past());
    }
    return lines;
  }

  private void add(List<String> lines, String label, String text) {
    lines.addAll(Texts.paragraph(label, INDENT, text, terminal.lineLength(terminal.outIsLive())));
  }

  private static List<String> types(List<ForecastView.OfType> types) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("TYPE", "EVENTS", "LOW", "HIGH", "EACH TAKES"));
    for (ForecastView.OfType type : types) {
      rows.add(
          List.of(
              type.type(),
              Texts.number(type.events().mean()),
              shown(type.events().low(), Texts::number),
              shown(type.events().high(), Texts::number),
              shown(type.seconds(), seconds -> Texts.number(seconds.mean()) + " s")));
    }
    return Texts.table(rows);
  }

  /** Newest first, as in lists of rounds. */
  private List<String> past() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("BEGAN (UTC)", "FORECAST", "LOW", "HIGH", "CAME", "OFF"));
    List<Boolean> outside = new ArrayList<>();
    for (int i = forecast.past().size() - 1; i >= 0; i--) {
      ForecastView.Past past = forecast.past().get(i);
      ForecastView.Range expected = past.expected();
      rows.add(
          List.of(
              RoundsText.moment(past.startedAt()),
              whole(expected.mean()),
              shown(expected.low(), ForecastText::whole),
              shown(expected.high(), ForecastText::whole),
              Long.toString(past.came()),
              off(past.came() - Math.round(expected.mean()))));
      outside.add(isOutside(past.came(), expected.low(), expected.high()));
    }
    List<String> lines = new ArrayList<>(Texts.table(rows));
    for (int i = 0; i < outside.size(); i++) {
      if (outside.get(i)) {
        lines.set(i + 1, terminal.styled(Style.YELLOW, lines.get(i + 1)));
      }
    }
    return lines;
  }

  private static boolean isOutside(long came, Optional<Double> low, Optional<Double> high) {
    return low.filter(least -> came < Math.round(least)).isPresent()
        || high.filter(most -> came > Math.round(most)).isPresent();
  }

  private static String off(long events) {
    return (events > 0 ? "+" : "") + events;
  }

  private static String whole(double events) {
    return Long.toString(Math.round(events));
  }
}
