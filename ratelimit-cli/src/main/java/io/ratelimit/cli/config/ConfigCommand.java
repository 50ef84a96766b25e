package io.ratelimit.cli.config;

import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.ResultOutput;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.cli.shell.Version;
import io.ratelimit.cli.web.WebOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows the values of a command's options that the command line does not set. */
@Command(
    name = "config",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Shows the value that each option of a command has if the command line does not"
          + " set it: from the environment (RATELIMIT_ and the option's name, like"
          + " RATELIMIT_MAX_WORKERS), or else from the file that --config or"
          + " RATELIMIT_CONFIG names, or else the default.",
      "In the file, max-workers: 5 applies to every command that has the option,"
          + " system.max-workers to system only. Passwords are not shown."
    },
    parameterListHeading = "%nParameters:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n",
    footer = "  ratelimit config show system --config ratelimit.yaml")
public final class ConfigCommand implements Callable<Integer> {

  private static final String SHOW = "show";

  private final Terminal terminal;
  private final Configuration configuration;

  @SuppressWarnings("NullAway.Init") // Set by picocli before anything is run.
  @Spec
  private CommandSpec spec;

  @Parameters(index = "0", paramLabel = SHOW, description = "The word show.")
  private String show = "";

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "COMMAND",
      description = "The command whose options to show, like queue publish. Default: system.")
  private List<String> command = new ArrayList<>();

  @Mixin private ResultOutput output = new ResultOutput();

  public ConfigCommand(Terminal terminal, Configuration configuration) {
    this.terminal = terminal;
    this.configuration = configuration;
  }

  /** One option. */
  private record Effective(String option, String value, String source) {}

  @Override
  public Integer call() {
    if (!show.equals(SHOW)) {
      throw new InputException(
          "unknown command " + Texts.quoted(show) + "; it is ratelimit config " + SHOW);
    }
    List<Effective> options = new ArrayList<>();
    for (OptionSpec option : of(command.isEmpty() ? List.of("system") : command).options()) {
      if (!option.usageHelp()
          && !option.versionHelp()
          && !option.longestName().equals(Configuration.OPTION)) {
        options.add(effective(option));
      }
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("OPTION", "VALUE", "SOURCE"));
    options.forEach(each -> rows.add(List.of(each.option(), each.value(), each.source())));
    output.print(terminal, options, Texts.table(rows));
    return 0;
  }

  private CommandSpec of(List<String> names) {
    CommandLine found = spec.root().commandLine();
    for (String name : names) {
      CommandLine next = found.getSubcommands().get(name);
      if (next == null) {
        throw new InputException(
            "there is no command "
                + Texts.quoted(String.join(" ", names))
                + "; see ratelimit --help");
      }
      found = next;
    }
    return found.getCommandSpec();
  }

  private Effective effective(OptionSpec option) {
    Optional<Configuration.Setting> setting = configuration.find(option.command(), option);
    String value = setting.map(Configuration.Setting::value).orElseGet(() -> ownDefault(option));
    return new Effective(
        option.longestName(),
        withoutSecrets(option.longestName(), value),
        setting.map(Configuration.Setting::source).orElse("default"));
  }

  private static String withoutSecrets(String option, String value) {
    return switch (option) {
      case "--redis" -> Texts.withoutPassword(value);
      case WebOptions.TOKEN -> value.isEmpty() ? "" : "(not shown)";
      default -> value;
    };
  }

  private static String ownDefault(OptionSpec option) {
    String value = option.defaultValueString(true);
    return value == null || value.equals("null") ? "" : value;
  }
}
