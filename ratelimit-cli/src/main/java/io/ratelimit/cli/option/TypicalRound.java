package io.ratelimit.cli.option;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The defaults of a round that is played rather than planned: the limit may be raised, some
 * attempts fail and some are slow.
 */
public final class TypicalRound implements IDefaultValueProvider {

  private static final Map<String, String> DEFAULTS =
      Map.of("--emergency-limit", "60/m", "--failure-rate", "0.05", "--slow-rate", "0.1");

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    return argument instanceof OptionSpec option ? DEFAULTS.get(option.longestName()) : null;
  }
}
