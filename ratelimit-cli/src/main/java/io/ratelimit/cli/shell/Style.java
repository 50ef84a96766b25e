package io.ratelimit.cli.shell;

import java.security.SecureRandom;
import java.util.stream.Collectors;

/** Styles of text on a terminal. */
public enum Style {
  BOLD("1"),
  FAINT("2"),
  RED("31"),
  GREEN("32"),
  YELLOW("33"),
  CYAN("36");

  private static final int MARK_LENGTH = 12;
  private static final char FIRST_NONCHARACTER = '\uFDD0';
  private static final int NONCHARACTERS = 32;

  /**
   * Stands for the escape character of a style. It is random in each process, so that no foreign
   * text can contain it.
   */
  static final String MARK = madeUp();

  static final String RESET = MARK + "[0m";

  private final String parameter;

  Style(String parameter) {
    this.parameter = parameter;
  }

  String code() {
    return MARK + "[" + parameter + "m";
  }

  private static String madeUp() {
    return new SecureRandom()
        .ints(MARK_LENGTH, 0, NONCHARACTERS)
        .mapToObj(i -> Character.toString((char) (FIRST_NONCHARACTER + i)))
        .collect(Collectors.joining());
  }
}
