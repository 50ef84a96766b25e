package io.ratelimit.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyReaderTest {

  private static final Duration AT_ONCE = Duration.ofMillis(1);

  /** Returns a reader of a terminal that sends a text and then nothing for a while. */
  private static KeyReader sending(String text) {
    Deque<Integer> left = new ArrayDeque<>(text.codePoints().boxed().toList());
    return new KeyReader(most -> left.isEmpty() ? KeyReader.NOTHING_YET : left.removeFirst());
  }

  private static List<Key> keys(String text) throws IOException {
    KeyReader reader = sending(text);
    List<Key> keys = new ArrayList<>();
    for (Optional<Key> key = reader.read(AT_ONCE); key.isPresent(); key = reader.read(AT_ONCE)) {
      keys.add(key.get());
    }
    return keys;
  }

  @ParameterizedTest
  @CsvSource({
    "[A, UP",
    "OA, UP",
    "[B, DOWN",
    "[H, HOME",
    "[1~, HOME",
    "[F, END",
    "[4~, END",
    "[5~, PAGE_UP",
    "[6~, PAGE_DOWN",
    "[1;5A, UP",
    "[15~, OTHER",
    "[Z, OTHER",
    "x, OTHER"
  })
  void aSequenceIsOneKey(String sequence, Key.Kind kind) throws IOException {
    assertThat(keys("\u001b" + sequence + "q")).containsExactly(Key.of(kind), Key.of('q'));
  }

  @Test
  void othersAreWhatTheyWrite() throws IOException {
    assertThat(keys("ä\u0003\r\u007f\u0001"))
        .containsExactly(
            Key.of('ä'),
            Key.of(Key.Kind.INTERRUPT),
            Key.of(Key.Kind.ENTER),
            Key.of(Key.Kind.BACKSPACE),
            Key.of(Key.Kind.OTHER));
  }

  @Test
  void escAloneIsAKeyOfItsOwn() throws IOException {
    assertThat(keys("\u001b")).containsExactly(Key.of(Key.Kind.ESCAPE));
  }

  @Test
  void aSequenceThatNeverEndsIsGivenUp() throws IOException {
    assertThat(keys("\u001b[" + "1".repeat(100))).hasSizeLessThan(100);
  }

  @Test
  void whereInputHasEndedNoKeyComes() throws IOException {
    KeyReader reader = new KeyReader(most -> KeyReader.END);
    assertThat(reader.isEnded()).isFalse();
    assertThat(reader.read(AT_ONCE)).isEmpty();
    assertThat(reader.isEnded()).isTrue();
  }
}
