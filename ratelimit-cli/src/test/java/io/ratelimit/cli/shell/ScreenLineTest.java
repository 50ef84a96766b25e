package io.ratelimit.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.cli.CommandRun;
import java.util.List;
import org.jline.utils.AttributedString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScreenLineTest {

  private static List<String> wrapped(String line, int columns) {
    return ScreenLine.wrapped(line, 12, columns).stream().map(AttributedString::toString).toList();
  }

  @Test
  void aLineIsBrokenBetweenWordsAndContinuedUnderItsText() {
    assertThat(wrapped("Balance     30 published = 30 unfinished + 0 done", 40))
        .containsExactly("Balance     30 published = 30 unfinished", "            + 0 done");
    assertThat(wrapped("Balance     short", 40)).containsExactly("Balance     short");
  }

  @Test
  void aWordThatIsTooLongIsCutAnywhere() {
    assertThat(wrapped("Id          " + "x".repeat(50), 40))
        .containsExactly("Id          " + "x".repeat(28), "            " + "x".repeat(22));
  }

  @Test
  void whereThereIsLittleRoomNothingIsIndented() {
    assertThat(wrapped("Balance     one two three four five six", 20))
        .containsExactly("Balance     one two", "three four five six");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 10, 40, 80})
  void noLineIsWiderThanTheScreenWhateverIsInIt(int columns) {
    String line =
        "Failed      日本語テキスト日本語テキスト ä👩‍👩‍👧 "
            + CommandRun.plainTerminal().styled(Style.RED, "█".repeat(70))
            + "\u001b[2J evil";
    List<AttributedString> lines = ScreenLine.wrapped(line, 12, columns);

    assertThat(lines).allMatch(each -> each.columnLength() <= Math.max(2, columns));
    assertThat(String.join("", lines.stream().map(AttributedString::toString).toList()))
        .doesNotContain("\u001b")
        .contains("\\");
  }
}
