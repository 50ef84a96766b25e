package io.ratelimit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.cli.config.Configuration;
import io.ratelimit.cli.shell.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The page of all commands matches their help. */
class CommandsPageTest {

  private static final Path PAGE = Path.of("../docs/commands.md");
  private static final String WRITE = "commands.page.write";

  private static List<List<String>> commands() {
    Terminal terminal = CommandRun.plainTerminal();
    Configuration nothing = Configuration.of(Map.of());
    List<List<String>> found = new ArrayList<>();
    collect(Cli.commands(terminal, InputStream.nullInputStream(), nothing), List.of(), found);
    return found;
  }

  private static void collect(CommandLine command, List<String> path, List<List<String>> found) {
    found.add(path);
    command
        .getSubcommands()
        .forEach(
            (name, each) -> {
              List<String> longer = new ArrayList<>(path);
              longer.add(name);
              collect(each, longer, found);
            });
  }

  private static String page() {
    StringBuilder page =
        new StringBuilder("# Commands\n\nWhat `--help` prints, of all commands.\n");
    for (List<String> command : commands()) {
      List<String> arguments = new ArrayList<>(command);
      arguments.add("--help");
      CommandRun help = CommandRun.of(arguments.toArray(String[]::new));
      assertThat(help.exitCode()).as(command.toString()).isZero();
      page.append("\n## ratelimit ").append(String.join(" ", command)).append("\n\n```\n");
      help.outLines().forEach(line -> page.append(line.stripTrailing()).append('\n'));
      page.append("```\n");
    }
    return page.toString().replace("## ratelimit \n", "## ratelimit\n");
  }

  @Test
  void isCurrent() throws IOException {
    String page = page();
    if (Boolean.getBoolean(WRITE)) {
      Files.writeString(PAGE, page);
    }

    assertThat(PAGE)
        .as("write it with -Dtest=CommandsPageTest -D%s=true", WRITE)
        .content()
        .isEqualTo(page);
  }
}
