package io.ratelimit.cli.option;

import static java.util.Objects.requireNonNull;

import io.ratelimit.cli.shell.InputException;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.redis.RedisEventQueue;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The settings of a queue that is created if it does not exist. */
public final class NewQueueOptions {

  @Option(
      names = "--initial-limit",
      paramLabel = "RATE",
      defaultValue = "20/m",
      converter = Converters.Limit.class,
      description = "The limit for a queue that has none yet. Default: ${DEFAULT-VALUE}.")
  private RateLimit initialLimit = RateLimit.of(20).perMinute();

  @Option(
      names = "--initial-ceiling",
      paramLabel = "RATE",
      defaultValue = "none",
      converter = Converters.CeilingConverter.class,
      description =
          "The ceiling for emergencies of a queue that has no limit yet, or none."
              + " Declare it if you use emergencies: if Redis loses its data, the queue"
              + " assumes that up to this many starts were made. Default: ${DEFAULT-VALUE}.")
  private Converters.Ceiling initialCeiling = new Converters.Ceiling(Optional.empty());

  @Option(
      names = "--limit-version",
      paramLabel = "N",
      converter = Converters.LimitVersion.class,
      description =
          "Sets --initial-limit even if the queue has a limit, unless this version or"
              + " a later one was set before. For deployments that change the limit:"
              + " increase the number each time. Without it, an existing limit stays.")
  private @Nullable Long limitVersion;

  /** The command that has these options. */
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  public RateLimit initialLimit() {
    return initialLimit;
  }

  /** Returns the initial limit if the command line, the environment or a file sets one. */
  public Optional<RateLimit> configuredLimit() {
    CommandSpec spec = requireNonNull(command, "not read from a command line");
    OptionSpec option = spec.findOption("--initial-limit");
    try {
      IDefaultValueProvider configuration = spec.defaultValueProvider();
      boolean said =
          spec.commandLine().getParseResult().hasMatchedOption(option)
              || (configuration != null && configuration.defaultValue(option) != null);
      return said ? Optional.of(initialLimit) : Optional.empty();
    } catch (Exception broken) {
      throw new InputException("--initial-limit: " + broken.getMessage());
    }
  }

  /**
   * Connects to a queue, creating it if necessary. Declares the limit if it has a version.
   *
   * @throws io.ratelimit.cli.shell.InputException if the URI or the namespace has another form
   * @throws io.ratelimit.core.queue.QueueException if Redis cannot be used
   */
  public RedisEventQueue connect(RedisOptions redis) {
    if (limitVersion != null && configuredLimit().isEmpty()) {
      throw new InputException(
          "--limit-version " + limitVersion + " is that of an --initial-limit, which is missing");
    }
    return RedisOptions.connectOrCreate(
        redis.uri(),
        redis.namespace(),
        initialLimit,
        builder -> {
          initialCeiling.limit().ifPresent(builder::ceiling);
          if (limitVersion != null) {
            builder.limitVersion(limitVersion);
          }
        });
  }
}
