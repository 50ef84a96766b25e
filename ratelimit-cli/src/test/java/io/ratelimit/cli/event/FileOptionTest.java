package io.ratelimit.cli.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.cli.CommandRun;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages about files without events. */
class FileOptionTest {

  private static final String GOOD = "{\"id\":\"e1\",\"type\":\"A\",\"walletId\":\"w\"}";

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
  void ofManyBadLinesTheFirstAreTold() throws IOException {
    Path file = Files.writeString(folder.resolve("bad"), "x\n".repeat(1_000) + GOOD);

    CommandRun run = plan(file.toString());

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.errLines()).hasSize(22);
    assertThat(run.errLines().get(0)).contains("has 1000 bad lines beside 1 good one");
    assertThat(run.errLines().get(20)).startsWith("  line 20: ");
    assertThat(run.errLines().get(21)).isEqualTo("  and 980 more bad lines");
  }

  @ParameterizedTest
  @ValueSource(ints = {236, 244, 256})
  void idsThatLeaveNoRoomForTheRoundAreRefused(int length) throws IOException {
    Path file = Files.writeString(folder.resolve("long"), GOOD.replace("e1", "i".repeat(length)));

    CommandRun run = CommandRun.of("system", "--file", file.toString());

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .contains("line 1: \"id\" must have at most ", "the round's name", "but has " + length)
        .doesNotContain("bug");
    assertThat(plan(file.toString()).exitCode()).isZero();
  }

  @Test
  void aFileOfNothing() throws IOException {
    for (String nothing : new String[] {"", "\n", " \r\n\t\n", "\ufeff"}) {
      Path file = Files.writeString(folder.resolve("nothing"), nothing);

      assertRefused(plan(file.toString()), "holds no events: all of it is blank");
    }
  }
}
