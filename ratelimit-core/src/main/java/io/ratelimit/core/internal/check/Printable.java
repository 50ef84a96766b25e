package io.ratelimit.core.internal.check;

import java.util.Locale;

/**
 * Makes texts of unknown origin safe to show on a terminal, in a message or in a log. Characters
 * that would move a cursor, ring, end a line, change the reading direction, or be invisible become
 * {@code \}{@code uXXXX}. Pure.
 */
public final class Printable {

  private static final int LONGEST_QUOTE = 200;

  /** Returns the whole text. */
  public static String text(String text) {
    return text.codePoints().allMatch(Printable::isPrintable) ? text : cut(text, Integer.MAX_VALUE);
  }

  /** Returns the first characters of a text, followed by … if there are more. */
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

  /** Returns a value for a message: in quotes, and cut if it is long. */
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

  /** Returns whether a character is visible and has no other effect. */
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

  /** Returns whether Unicode calls a character a letter or a mark, but fonts do not draw it. */
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
