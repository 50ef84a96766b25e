package io.ratelimit.cli.option;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The page of a list to show. */
public final class PageOptions {

  @Option(
      names = "--after",
      paramLabel = "SEQUENCE",
      defaultValue = "0",
      converter = Converters.Sequence.class,
      description =
          "Show only events after this sequence number: the last one of the previous page.")
  private long after;

  @Mixin private MaxOption max = new MaxOption();

  public long after() {
    return after;
  }

  public int max() {
    return max.get();
  }
}
