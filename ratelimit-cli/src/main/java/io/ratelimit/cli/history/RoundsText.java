package io.ratelimit.cli.history;

import static io.ratelimit.cli.watch.RoundFigures.shown;

import io.ratelimit.cli.shell.Style;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.cli.watch.RoundFigures;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.report.Percentiles;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Writes rounds for people. */
final class RoundsText {

  private static final int MOST_REASONS = 5;
  private static final int INDENT = 16;

  private static final DateTimeFormatter ENDED =
      DateTimeFormatter.ofPattern("MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final List<RoundRecord> rounds;
  private final Instant now;
  private final Terminal terminal;

  /**
   * @param rounds newest first, at least one
   */
  RoundsText(List<RoundRecord> rounds, Instant now, Terminal terminal) {
    this.rounds = rounds;
    this.now = now;
    this.terminal = terminal;
  }

  /** Returns how many rounds there are of each kind, and how old they are. */
  List<String> summary(String where) {
    RoundRecord newest = rounds.get(0);
    RoundRecord oldest = rounds.get(rounds.size() - 1);
    long unknown = rounds.stream().filter(round -> round.counts().isEmpty()).count();
    List<String> lines = new ArrayList<>();
    lines.add(
        Texts.count(rounds.size(), "round")
            + " of "
            + where
            + ": "
            + count(RoundRecord.Outcome.MET)
            + " met, "
            + count(RoundRecord.Outcome.MISSED)
            + " missed, "
            + count(RoundRecord.Outcome.CANCELLED)
            + " ended early.");
    lines.add(
        "The newest ended "
            + Texts.whole(age(newest))
            + " ago"
            + (rounds.size() == 1 ? "." : ", the oldest " + Texts.whole(age(oldest)) + " ago."));
    if (unknown > 0) {
      lines.add("For " + unknown + " of them, the store lost its counts meanwhile.");
    }
    return lines;
  }

  private Duration age(RoundRecord round) {
    Duration age = Duration.between(round.endedAt(), now);
    return age.isNegative() ? Duration.ZERO : age;
  }

  private long count(RoundRecord.Outcome outcome) {
    return rounds.stream().filter(round -> round.outcome() == outcome).count();
  }

  /** Returns a line for each round; at most 80 columns. */
  List<String> table() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of("ENDED (UTC)", "ROUND", "MARGIN", "EVENTS", "FAILED", "LIMIT", "EXTRA", "WORKERS"));
    for (RoundRecord round : rounds) {
      rows.add(
          List.of(
              ENDED.format(round.endedAt()),
              word(round.outcome()),
              RoundFigures.margin(round),
              shown(round.arrivals(), String::valueOf),
              shown(round.failureRate(), RoundsText::percent),
              shown(RoundFigures.highest(round), RoundsText::limit),
              shown(round.limit().extraStarts(), String::valueOf),
              shown(round.workers(), workers -> Integer.toString(workers.most()))));
    }
    List<String> lines = new ArrayList<>(Texts.table(rows));
    for (int i = 0; i < rounds.size(); i++) {
      if (rounds.get(i).outcome() != RoundRecord.Outcome.MET) {
        lines.set(i + 1, terminal.styled(Style.RED, lines.get(i + 1)));
      }
    }
    return lines;
  }

  /** Returns a moment as all lists of rounds show it, without the year. */
  static String moment(Instant at) {
    return ENDED.format(at);
  }

  private static String limit(RateLimit limit) {
    String text = limit.toString();
    int end = text.indexOf(' ');
    return end < 0 ? text : text.substring(0, end);
  }

  private static String word(RoundRecord.Outcome outcome) {
    return switch (outcome) {
      case MET -> "met";
      case MISSED -> "MISSED";
      case CANCELLED -> "early";
    };
  }

  /** A tenth of a percent is precise enough beside other figures. */
  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  /** Returns why the latest rounds that were not on time were not. */
  List<String> reasons() {
    List<String> lines = new ArrayList<>();
    rounds.stream()
        .filter(round -> round.why().isPresent())
        .limit(MOST_REASONS)
        .forEach(
            round ->
                lines.addAll(
                    Texts.paragraph(
                        ENDED.format(round.endedAt()),
                        INDENT,
                        round.why().orElseThrow(),
                        terminal.lineLength(terminal.outIsLive()))));
    if (!lines.isEmpty()) {
      lines.add(0, "");
    }
    return lines;
  }

  /** Returns a line for each type; at most 80 columns, if names have usual length. */
  List<String> types() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("TYPE", "EVENTS", "ATTEMPTS", "FAILED", "P50", "P90", "MAX", "ROUNDS"));
    for (TypeTotals type : TypeTotals.of(rounds)) {
      Optional<Percentiles> times = type.times();
      rows.add(
          List.of(
              type.type(),
              shown(type.arrivals(), String::valueOf),
              Long.toString(type.attempts()),
              shown(type.failureRate(), RoundsText::percent),
              shown(times.map(Percentiles::p50), Texts::tenths),
              shown(times.map(Percentiles::p90), Texts::tenths),
              shown(times.map(Percentiles::max), Texts::tenths),
              type.timed() + "/" + type.rounds()));
    }
    List<String> lines = new ArrayList<>(Texts.table(rows));
    lines.add("");
    lines.addAll(
        Texts.hanging(
            "Attempts are those of which somebody told. ROUNDS: in how many of those that had such"
                + " events it is known how long attempts took; percentiles are off by at most"
                + " 13 %.",
            0, terminal.lineLength(terminal.outIsLive())));
    return lines;
  }

  static List<String> unreadable(long records) {
    return records == 0
        ? List.of()
        : List.of(
            "",
            Texts.count(records, "record")
                + " cannot be read: damaged, cut off by a crash, or of a later version.");
  }
}
