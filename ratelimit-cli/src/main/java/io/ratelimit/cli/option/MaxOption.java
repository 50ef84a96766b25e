package io.ratelimit.cli.option;

import picocli.CommandLine.Option;

/** The maximum length of a list. */
public final class MaxOption {

  @Option(
      names = "--max",
      paramLabel = "N",
      defaultValue = "20",
      converter = Converters.PageSize.class,
      description = "How many to show at most. Default: ${DEFAULT-VALUE}.")
  private int max;

  /** Returns the maximum. */
  public int get() {
    return max;
  }
}
