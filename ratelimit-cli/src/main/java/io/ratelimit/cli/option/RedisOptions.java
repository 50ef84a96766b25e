package io.ratelimit.cli.option;

import static java.util.Objects.requireNonNull;

import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.redis.RedisEventQueue;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Which queue in which Redis. */
public final class RedisOptions {

  @Option(
      names = "--redis",
      paramLabel = "URI",
      defaultValue = "${env:RATELIMIT_REDIS_URL:-redis://localhost:6379}",
      showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
      description =
          "Where Redis is: redis://[[user:]password@]host[:port][/database], or rediss://… with"
              + " TLS; with host:port,host:port nodes of a Redis Cluster. Default: RATELIMIT_REDIS_URL of the environment, or redis://localhost:6379.")
  private String uri = "redis://localhost:6379";

  @Option(
      names = "--queue",
      paramLabel = "NAME",
      defaultValue = "ratelimit",
      description = "The name of the queue: its namespace in Redis. Default: ${DEFAULT-VALUE}.")
  private String namespace = "ratelimit";

  @Option(
      names = "--initial-limit",
      paramLabel = "RATE",
      defaultValue = "20/m",
      converter = Converters.Limit.class,
      description = "The limit of a queue that has none yet. Default: ${DEFAULT-VALUE}.")
  private RateLimit initialLimit = RateLimit.of(20).perMinute();

  @Option(
      names = "--initial-ceiling",
      paramLabel = "RATE",
      defaultValue = "none",
      converter = Converters.CeilingConverter.class,
      description =
          "What no emergency raises the limit of a queue above that has no limit yet, or none."
              + " Declare it where emergencies are used: if Redis loses all it knew, so much may"
              + " have been started before. Default: ${DEFAULT-VALUE}.")
  private Converters.Ceiling initialCeiling = new Converters.Ceiling(Optional.empty());

  /** The command that has these options. */
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  public String namespace() {
    return namespace;
  }

  public RateLimit initialLimit() {
    return initialLimit;
  }

  /** The initial limit if the command line, the environment or a file says one. */
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

  /** Where Redis is, without what must not be shown. */
  public String shownUri() {
    return Texts.withoutPassword(uri);
  }

  public RedisAddress address() {
    return RedisAddress.parse(uri);
  }

  /**
   * Connects to the queue.
   *
   * @throws InputException if the URI or the namespace has another form
   * @throws io.ratelimit.core.queue.QueueException if Redis cannot be used
   */
  public RedisEventQueue connect() {
    return connect(uri, namespace, initialLimit, initialCeiling.limit());
  }

  /** The same with values from elsewhere. */
  public static RedisEventQueue connect(
      String uri, String namespace, RateLimit initialLimit, Optional<RateLimit> initialCeiling) {
    RedisEventQueue.Builder builder = RedisEventQueue.builder(initialLimit).namespace(namespace);
    RedisAddress.parse(uri).chosenBy(builder);
    initialCeiling.ifPresent(builder::ceiling);
    try {
      return builder.connect();
    } catch (IllegalArgumentException refused) {
      throw new InputException("--queue: " + refused.getMessage());
    }
  }
}
