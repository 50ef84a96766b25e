package io.ratelimit.cli.shell;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Reads keys from a terminal, which sends many of them as a sequence that begins with ESC. */
public final class KeyReader {

  /** Returned instead of a character. */
  static final int END = -1;

  static final int NOTHING_YET = -2;

  private static final int ESC = 0x1b;
  private static final int CTRL_C = 3;
  private static final int BACKSPACE = 8;
  private static final int DELETE = 0x7f;

  /** A terminal sends a sequence at once; a person cannot type it this fast. */
  private static final Duration REST_OF_A_SEQUENCE = Duration.ofMillis(50);

  private static final int LONGEST_SEQUENCE = 16;

  /** A source of characters. */
  @FunctionalInterface
  public interface Source {
    /**
     * Returns the next character, {@link #END}, or {@link #NOTHING_YET} after this many
     * milliseconds.
     */
    int read(long mostMillis) throws IOException;
  }

  private final Source source;
  private boolean ended;

  /** Creates a reader. */
  public KeyReader(Source source) {
    this.source = source;
  }

  /** Returns whether no more keys will come. */
  public boolean isEnded() {
    return ended;
  }

  /** Returns the next key, if one is pressed in time. */
  public Optional<Key> read(Duration most) throws IOException {
    int character = source.read(Math.max(1, most.toMillis()));
    return switch (character) {
      case NOTHING_YET -> Optional.empty();
      case END -> {
        ended = true;
        yield Optional.empty();
      }
      case ESC -> Optional.of(sequence());
      case CTRL_C -> Optional.of(Key.of(Key.Kind.INTERRUPT));
      case '\r', '\n' -> Optional.of(Key.of(Key.Kind.ENTER));
      case BACKSPACE, DELETE -> Optional.of(Key.of(Key.Kind.BACKSPACE));
      default ->
          Optional.of(
              Character.isISOControl(character) ? Key.of(Key.Kind.OTHER) : Key.of(character));
    };
  }

  private Key sequence() throws IOException {
    int introduction = source.read(REST_OF_A_SEQUENCE.toMillis());
    if (introduction != '[' && introduction != 'O') {
      return Key.of(introduction < 0 ? Key.Kind.ESCAPE : Key.Kind.OTHER);
    }
    StringBuilder parameters = new StringBuilder();
    int last = source.read(REST_OF_A_SEQUENCE.toMillis());
    while (last >= ' ' && last < '@' && parameters.length() < LONGEST_SEQUENCE) {
      parameters.append((char) last);
      last = source.read(REST_OF_A_SEQUENCE.toMillis());
    }
    return Key.of(
        switch (last) {
          case 'A' -> Key.Kind.UP;
          case 'B' -> Key.Kind.DOWN;
          case 'H' -> Key.Kind.HOME;
          case 'F' -> Key.Kind.END;
          case '~' -> numbered(parameters.toString());
          default -> Key.Kind.OTHER;
        });
  }

  private static Key.Kind numbered(String number) {
    return switch (number) {
      case "1", "7" -> Key.Kind.HOME;
      case "4", "8" -> Key.Kind.END;
      case "5" -> Key.Kind.PAGE_UP;
      case "6" -> Key.Kind.PAGE_DOWN;
      default -> Key.Kind.OTHER;
    };
  }
}
