package io.ratelimit.cli.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.cli.CommandRun;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of a file that gives no events. */
class FileOptionTest {

  @TempDir private Path folder;

  private static void assertRefused(CommandRun run, String reason) {
    assertThat(run.errLines()).singleElement().asString().startsWith("ratelimit plan: --file");
    assertThat(run.err()).contains(reason).doesNotContain("Exception");
    assertThat(run.out()).isEmpty();
    assertThat(run.exitCode()).isEqualTo(2);
  }

  private static CommandRun plan(String file) {
    return CommandRun.of("plan", "--file", file);
  }

  @Test
  void aNameThatNoFileHas() {
    assertRefused(plan("a\0b"), "a\\u0000b does not exist");
    assertRefused(plan(""), "needs the name of a file, or - for standard input");
  }

  @Test
  void aFileThatCannotBeReadSaysWhy() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));

    assertRefused(plan(file.resolve("below").toString()), "cannot be read: Not a directory");
  }

  @Test
  void standardInputThatBreaksSaysWhy() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("the disk\nburns");
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            return read();
          }
        };

    assertRefused(
        CommandRun.withInput(broken, "plan", "--file", "-"),
        "--file - cannot be read: the disk\\u000aburns");
  }

  @Test
  void aFileOfNothing() throws IOException {
    for (String nothing : new String[] {"", "\n", " \r\n\t\n", "\ufeff"}) {
      Path file = Files.writeString(folder.resolve("nothing"), nothing);

      assertRefused(plan(file.toString()), "holds no events: all of it is blank");
    }
  }
}
