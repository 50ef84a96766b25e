package io.ratelimit.cli.watch;

/**
 * A condition in words, at a glance. The names in JSON are stable.
 *
 * @param level how good the condition is
 * @param headline the answer
 * @param detail the reason
 */
public record Verdict(Level level, String headline, String detail) {

  /** Grades a condition. */
  public enum Level {
    /** As it should be. */
    GOOD,
    /** Worth a look. */
    WARNING,
    /** Something must be done. */
    BAD,
    /** There is nothing to judge. */
    NEUTRAL
  }
}
