package io.ratelimit.cli.config;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Takes defaults from the configuration first, then from the command. */
public final class ConfiguredDefaults implements IDefaultValueProvider {

  private final Configuration configuration;
  private final @Nullable IDefaultValueProvider others;

  private ConfiguredDefaults(Configuration configuration, @Nullable IDefaultValueProvider others) {
    this.configuration = configuration;
    this.others = others;
  }

  /**
   * Makes a command and its subcommands use the configuration and accept the option for its file,
   * which has been read before.
   */
  public static void use(Configuration configuration, CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    spec.addOption(
        OptionSpec.builder(Configuration.OPTION)
            .paramLabel("FILE")
            .type(String.class)
            .description(
                "Read options from this YAML or .properties file. Default:"
                    + " RATELIMIT_CONFIG. See ratelimit config.")
            .build());
    spec.defaultValueProvider(new ConfiguredDefaults(configuration, spec.defaultValueProvider()));
    command.getSubcommands().values().forEach(each -> use(configuration, each));
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) throws Exception {
    if (argument instanceof OptionSpec option) {
      var setting = configuration.find(option.command(), option);
      if (setting.isPresent()) {
        return setting.get().value();
      }
    }
    return others == null ? null : others.defaultValue(argument);
  }
}
