package io.ratelimit.cli.watch;

/**
 * A condition in words, at a glance; the names in JSON are a promise.
 *
 * @param level how good that is
 * @param headline the answer
 * @param detail why
 */
public record Verdict(Level level, String headline, String detail) {

  /** How good something is. */
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
