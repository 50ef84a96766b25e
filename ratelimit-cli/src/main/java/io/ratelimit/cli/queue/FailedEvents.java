package io.ratelimit.cli.queue;

import io.ratelimit.cli.option.Converters;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The failed events to act on: listed ones, matching ones, or all. */
final class FailedEvents {

  @Option(names = "--all", required = true, description = "All failed events.")
  private boolean all;

  @ArgGroup(exclusive = false)
  private FailedFilterOptions matching = new FailedFilterOptions();

  @Parameters(
      paramLabel = "SEQUENCE",
      arity = "1..*",
      converter = Converters.Sequence.class,
      description = "The sequence numbers of the events, as ratelimit queue failed shows them.")
  private List<Long> sequences = new ArrayList<>();

  boolean isAll() {
    return all;
  }

  /** Returns the listed sequences; empty for matching events. */
  List<Long> sequences() {
    return sequences;
  }

  FailedFilterOptions matching() {
    return matching;
  }
}
