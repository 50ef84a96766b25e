package io.ratelimit.http;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The beginning of a body for people: short, on one line, and nothing in it moves a cursor. */
final class Excerpt {

  private static final int LONGEST = 200;

  /**
   * @param body of unknown origin and kind
   * @param withoutSecrets strikes out what must not be shown
   */
  static String of(byte[] body, Optional<UnaryOperator<String>> withoutSecrets) {
    String text = new String(body, StandardCharsets.UTF_8);
    String clean = withoutSecrets.map(each -> each.apply(text)).orElse(text);
    String line = clean.strip().replaceAll("\\s+", " ");
    StringBuilder shown = new StringBuilder();
    line.codePoints().limit(LONGEST).forEach(c -> append(shown, c));
    if (line.codePointCount(0, line.length()) > LONGEST) {
      shown.append('…');
    }
    return shown.toString();
  }

  private static void append(StringBuilder shown, int c) {
    boolean plain =
        switch (Character.getType(c)) {
          case Character.CONTROL,
              Character.FORMAT,
              Character.SURROGATE,
              Character.PRIVATE_USE,
              Character.UNASSIGNED,
              Character.LINE_SEPARATOR,
              Character.PARAGRAPH_SEPARATOR ->
              false;
          default -> true;
        };
    if (plain) {
      shown.appendCodePoint(c);
    } else {
      shown.append(String.format(Locale.ROOT, "\\u%04x", c));
    }
  }

  private Excerpt() {}
}
