package io.ratelimit.cli;

import io.ratelimit.cli.shell.Version;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * Prints a completion script, which also completes files and the commands of {@code config show}.
 */
@Command(
    name = "generate-completion",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Prints a completion script for bash and zsh. To use it in this shell:",
      "  source <(ratelimit generate-completion)"
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n",
    footer =
        "  ratelimit generate-completion > ~/.local/share/bash-completion/completions/ratelimit")
final class CompletionCommand implements Callable<Integer> {

  /** Options that take a file name; picocli does not complete options of type String. */
  private static final Pattern FILES =
      Pattern.compile("(?m)^( +)('--(?:file|config)'\\)\\n) +return\\n");

  private static final String COMPLETE_FILES =
      """
      $1$2\
      $1  local IFS=\\$'\\\\n'
      $1  type compopt &>/dev/null && compopt -o filenames
      $1  COMPREPLY=( \\$( compgen -f -- "\\${COMP_WORDS[COMP_CWORD]}" ) )
      $1  return \\$?
      """;

  private static final String CONFIG = "function _picocli_ratelimit_config() {";
  private static final String NO_COMMANDS = "local commands=\"\"";

  @SuppressWarnings("NullAway.Init") // Set by picocli before anything is run.
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    CommandLine root = spec.root().commandLine();
    PrintWriter out = spec.commandLine().getOut();
    out.print(script(root));
    out.print('\n');
    out.flush();
    return 0;
  }

  static String script(CommandLine root) {
    String script = FILES.matcher(AutoComplete.bash("ratelimit", root)).replaceAll(COMPLETE_FILES);
    int config = script.indexOf(CONFIG);
    int commands = script.indexOf(NO_COMMANDS, config);
    return script.substring(0, commands)
        + "local commands=\"show "
        + String.join(" ", words(root))
        + '"'
        + script.substring(commands + NO_COMMANDS.length());
  }

  /** Returns the names of commands and groups. */
  private static List<String> words(CommandLine command) {
    return command.getSubcommands().entrySet().stream()
        .flatMap(each -> Stream.concat(Stream.of(each.getKey()), words(each.getValue()).stream()))
        .distinct()
        .sorted(Comparator.naturalOrder())
        .toList();
  }
}
