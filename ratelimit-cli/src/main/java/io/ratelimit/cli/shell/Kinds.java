package io.ratelimit.cli.shell;

import java.util.regex.Pattern;

/** What texts of a kind have in common: ids and numbers differ from one to the next. */
public final class Kinds {

  private static final String LEFT_OUT = "…";
  private static final Pattern HEX =
      Pattern.compile("\\b(?=[0-9a-fA-F-]*\\d)[0-9a-fA-F]{8,}(?:-[0-9a-fA-F]{4,12}){0,4}\\b");

  /** A status of HTTP says what kind of failure it is; other numbers do not. */
  private static final Pattern NUMBER =
      Pattern.compile(
          "(?<![\\w.:-])([1-5]\\d\\d)(?![\\w.:-]|\\s*(?:ms|s|min)\\b)|\\d+(?:[.:]\\d+)*");

  /** Returns the text without ids in hexadecimal digits and without numbers. */
  public static String of(String text) {
    String withoutIds = HEX.matcher(text).replaceAll(LEFT_OUT);
    return NUMBER
        .matcher(withoutIds)
        .replaceAll(number -> number.group(1) == null ? LEFT_OUT : number.group());
  }

  private Kinds() {}
}
