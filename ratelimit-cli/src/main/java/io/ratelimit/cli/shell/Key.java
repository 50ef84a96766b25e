package io.ratelimit.cli.shell;

/**
 * A key that was pressed.
 *
 * @param kind which one
 * @param character what it writes; 0 if it writes nothing
 */
public record Key(Kind kind, int character) {

  /** Which key. */
  public enum Kind {
    CHARACTER,
    UP,
    DOWN,
    PAGE_UP,
    PAGE_DOWN,
    HOME,
    END,
    ENTER,
    ESCAPE,
    BACKSPACE,
    /** Ctrl-C. */
    INTERRUPT,
    /** One that means nothing here. */
    OTHER
  }

  /** One that writes a character. */
  public static Key of(int character) {
    return new Key(Kind.CHARACTER, character);
  }

  /** One that writes nothing. */
  public static Key of(Kind kind) {
    return new Key(kind, 0);
  }

  /** Returns whether it writes this character. */
  public boolean is(char wanted) {
    return kind == Kind.CHARACTER && character == wanted;
  }
}
