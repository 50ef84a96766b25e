package io.ratelimit.cli.shell;

import java.util.regex.Pattern;

/** Reduces texts to their kind: only ids and numbers differ between texts of a kind. */
public final class Kinds {

  private static final String LEFT_OUT = "…";
  private static final Pattern HEX =
      Pattern.compile("\\b(?=[0-9a-fA-F-]*\\d)[0-9a-fA-F]{8,}(?:-[0-9a-fA-F]{4,12}){0,4}\\b");

  /** An HTTP status tells the kind of failure; other numbers do not. */
  private static final Pattern NUMBER =
      Pattern.compile(
          "(?<![\\w.:-])([1-5]\\d\\d)(?![\\w.:-]|\\s*(?:ms|s|min)\\b)|\\d+(?:[.:]\\d+)*");

  /** Returns the text without hexadecimal ids and numbers. */
  public static String of(String text) {
    String withoutIds = HEX.matcher(text).replaceAll(LEFT_OUT);
    return NUMBER
        .matcher(withoutIds)
        .replaceAll(number -> number.group(1) == null ? LEFT_OUT : number.group());
  }

  private Kinds() {}
}
