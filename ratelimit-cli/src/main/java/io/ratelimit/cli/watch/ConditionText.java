package io.ratelimit.cli.watch;

import io.ratelimit.cli.shell.Style;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes a condition for a terminal: first the answer, then the reason, then what is expected. */
public final class ConditionText {

  private static final int INDENT = 12;

  /** Returns the lines. */
  public static List<String> lines(Condition condition, Terminal terminal) {
    Verdict verdict = condition.verdict();
    List<String> lines = new ArrayList<>();
    lines.add(line("Verdict", styled(verdict, terminal)));
    if (!verdict.detail().isBlank()) {
      lines.add(line("", verdict.detail()));
    }
    condition.expected().ifPresent(expected -> lines.add(line("Outlook", outlook(expected))));
    return lines;
  }

  private static String styled(Verdict verdict, Terminal terminal) {
    return switch (verdict.level()) {
      case GOOD -> terminal.styled(Style.GREEN, verdict.headline());
      case WARNING -> terminal.styled(Style.YELLOW, verdict.headline());
      case BAD -> terminal.styled(Style.RED, verdict.headline());
      case NEUTRAL -> verdict.headline();
    };
  }

  private static String outlook(Projection expected) {
    return "all done in "
        + Texts.duration(expected.finish())
        + ", the deadline "
        + (expected.timeLeft().isNegative()
            ? "was " + Texts.duration(expected.timeLeft().negated()) + " ago"
            : "is in " + Texts.duration(expected.timeLeft()))
        + ", "
        + expected.sure()
        + "; the bottleneck: "
        + expected.constraint().name().toLowerCase(Locale.ROOT)
        + expected.binding().map(key -> " " + key).orElse("");
  }

  private static String line(String label, String text) {
    return Texts.padded(label, INDENT) + text;
  }

  private ConditionText() {}
}
