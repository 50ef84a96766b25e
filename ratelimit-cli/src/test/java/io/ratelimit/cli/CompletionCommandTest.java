package io.ratelimit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The completion script in bash. */
class CompletionCommandTest {

  @TempDir private Path folder;

  @BeforeEach
  void writeScript() throws IOException {
    assumeTrue(new File("/bin/bash").canExecute(), "needs bash");
    CommandRun run = CommandRun.of("generate-completion");
    assertThat(run.exitCode()).isZero();
    Files.writeString(folder.resolve("script"), run.out());
    Files.createFile(folder.resolve("events.jsonl"));
  }

  /** Returns bash's completions of the last word. */
  private List<String> offered(String... words) throws Exception {
    String ask =
        """
        compopt() { :; }  # known only where bash completes
        source ./script
        COMP_WORDS=("$@")
        COMP_CWORD=$(($# - 1))
        COMP_LINE="$*"
        _complete_ratelimit
        printf '%s\\n' "${COMPREPLY[@]}"
        """;
    ProcessBuilder bash = new ProcessBuilder("/bin/bash", "-c", ask, "bash");
    bash.command().addAll(List.of(words));
    Process process = bash.directory(folder.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.lines().toList();
  }

  @Test
  void commandsAndOptionsAreOffered() throws Exception {
    assertThat(offered("ratelimit", "que")).containsExactly("queue");
    assertThat(offered("ratelimit", "queue", "li")).containsExactly("list", "limit");
    assertThat(offered("ratelimit", "plan", "--deadl")).containsExactly("--deadline");
  }

  @Test
  void filesAreOffered() throws Exception {
    assertThat(offered("ratelimit", "plan", "--file", "ev")).containsExactly("events.jsonl");
    assertThat(offered("ratelimit", "system", "--config", "scr")).containsExactly("script");
    assertThat(offered("ratelimit", "--config", "scr")).containsExactly("script");
  }

  @Test
  void whatConfigShowsIsOffered() throws Exception {
    assertThat(offered("ratelimit", "config", "sh")).contains("show");
    assertThat(offered("ratelimit", "config", "show", "work")).containsExactly("worker", "workers");
    assertThat(offered("ratelimit", "config", "show", "queue", "pee")).containsExactly("peek");
  }
}
