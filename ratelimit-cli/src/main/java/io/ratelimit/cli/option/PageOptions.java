package io.ratelimit.cli.option;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which page of a list. */
public final class PageOptions {

  @Option(
      names = "--after",
      paramLabel = "SEQUENCE",
      defaultValue = "0",
      converter = Converters.Sequence.class,
      description = "Only what comes after this sequence number: the last one of the page before.")
  private long after;

  @Mixin private MaxOption max = new MaxOption();

  public long after() {
    return after;
  }

  public int max() {
    return max.get();
  }
}
