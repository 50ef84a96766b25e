package io.ratelimit.cli.shell;

/**
 * A key press.
 *
 * @param kind the kind of key
 * @param character its character; 0 if none
 */
public record Key(Kind kind, int character) {

  /** The kind of key. */
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
    /** A key without a meaning here. */
    OTHER
  }

  /** Returns a key with a character. */
  public static Key of(int character) {
    return new Key(Kind.CHARACTER, character);
  }

  /** Returns a key without a character. */
  public static Key of(Kind kind) {
    return new Key(kind, 0);
  }

  /** Returns whether it has this character. */
  public boolean is(char wanted) {
    return kind == Kind.CHARACTER && character == wanted;
  }
}
