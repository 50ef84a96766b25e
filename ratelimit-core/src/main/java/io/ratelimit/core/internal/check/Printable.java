package io.ratelimit.core.internal.check;

import java.util.Locale;

/**
 * Texts of unknown origin, as they may be shown: on a terminal, in a message, in a log. Nothing in
 * them moves a cursor, rings, ends a line, changes the direction of what is read, or is there
 * without being seen: such a character becomes {@code \}{@code uXXXX}. Pure.
 */
public final class Printable {

  private static final int LONGEST_QUOTE = 200;

  /** Returns all of a text. */
  public static String text(String text) {
    return text.codePoints().allMatch(Printable::isPrintable) ? text : cut(text, Integer.MAX_VALUE);
  }

  /** Returns the beginning of a text: so many characters of it, and … if there are more. */
  public static String cut(String text, int longest) {
    StringBuilder shown = new StringBuilder(Math.min(text.length(), longest) + 16);
    int end = 0;
    for (int count = 0; end < text.length() && count < longest; count++) {
      int character = text.codePointAt(end);
      append(shown, character);
      end += Character.charCount(character);
    }
    return end < text.length() ? shown.append('…').toString() : shown.toString();
  }

  /** Returns a value in a message: in quotes, and cut where it is long. */
  public static String quoted(String text) {
    return '"' + cut(text, LONGEST_QUOTE) + '"';
  }

  private static void append(StringBuilder shown, int character) {
    if (isPrintable(character)) {
      shown.appendCodePoint(character);
    } else {
      for (char unit : Character.toChars(character)) {
        shown.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
      }
    }
  }

  /** Returns whether a character is seen, and does nothing else. */
  public static boolean isPrintable(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> !isBlankLetter(character);
    };
  }

  /** Returns what Unicode calls a letter or a mark, but asks fonts not to draw. */
  private static boolean isBlankLetter(int character) {
    return character == 0x034F
        || character == 0x115F
        || character == 0x1160
        || character == 0x17B4
        || character == 0x17B5
        || (character >= 0x180B && character <= 0x180F)
        || character == 0x2800
        || character == 0x3164
        || (character >= 0xFE00 && character <= 0xFE0F)
        || character == 0xFFA0
        || (character >= 0xE0100 && character <= 0xE01EF);
  }

  private Printable() {}
}
