package io.ratelimit.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class TerminalTest {

  private final StringWriter shown = new StringWriter();

  private List<String> printed(boolean live, String line) {
    PrintableWriter out = new PrintableWriter(shown);
    new Terminal(out, out, live, live, false, true, () -> 40).printLines(List.of(line));
    return shown.toString().lines().toList();
  }

  @Test
  void aLineThatIsTooLongIsContinuedBesideItsLabel() {
    assertThat(printed(true, "Balance     100000 published = 100000 unfinished + 0 done"))
        .containsExactly(
            "Balance     100000 published = 100000", "            unfinished + 0 done");
  }

  @Test
  void aLineWithoutALabelIsBrokenBetweenWordsAndKeepsAllOfThem() {
    assertThat(printed(true, "a-manager-one  running  normal  audits  108  4"))
        .containsExactly("a-manager-one  running  normal  audits", "  108  4");
  }

  @Test
  void whatIsNotReadOnATerminalIsNotBroken() {
    String line = "Balance     100000 published = 100000 unfinished + 0 done";
    assertThat(printed(false, line)).containsExactly(line);
  }
}
