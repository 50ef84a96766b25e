package io.ratelimit.cli.shell;

/** How text can stand out on a terminal. */
public enum Style {
  BOLD("1"),
  FAINT("2"),
  RED("31"),
  GREEN("32"),
  YELLOW("33"),
  CYAN("36");

  static final String RESET = "\u001b[0m";

  private final String parameter;

  Style(String parameter) {
    this.parameter = parameter;
  }

  String code() {
    return "\u001b[" + parameter + "m";
  }
}
