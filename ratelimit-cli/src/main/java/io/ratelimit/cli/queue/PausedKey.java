package io.ratelimit.cli.queue;

import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.queue.NamedLimitControl;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Parameters;

/** A key of a named limit to pause, instead of the whole queue. */
final class PausedKey {

  @Parameters(
      index = "0",
      paramLabel = "LIMIT",
      arity = "0..1",
      description = "The name of a limit. Without it, all starts of the queue.")
  private @Nullable String name;

  @Parameters(
      index = "1",
      paramLabel = "KEY",
      arity = "0..1",
      description = "A key of that limit. Without it, the limit must be one that all share.")
  private @Nullable String key;

  Optional<LimitKey> in(NamedLimitControl control) {
    return name == null ? Optional.empty() : Optional.of(NamedLimits.require(control, name, key));
  }
}
