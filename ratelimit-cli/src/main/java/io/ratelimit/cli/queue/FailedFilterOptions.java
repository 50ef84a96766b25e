package io.ratelimit.cli.queue;

import io.ratelimit.cli.watch.FailedFilter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Filters of failed events; all must match. */
final class FailedFilterOptions {

  @Option(names = "--id", paramLabel = "ID", description = "Only events with this id.")
  private @Nullable String id;

  @Option(names = "--wallet", paramLabel = "ID", description = "Only events of this wallet.")
  private @Nullable String wallet;

  @Option(names = "--event-type", paramLabel = "NAME", description = "Only events of this type.")
  private @Nullable String type;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description =
          "Only events whose reason contains this text, ignoring case, or is of this kind.")
  private @Nullable String reason;

  FailedFilter filter() {
    return new FailedFilter(
        Optional.ofNullable(id),
        Optional.ofNullable(wallet),
        Optional.ofNullable(type),
        Optional.ofNullable(reason));
  }
}
