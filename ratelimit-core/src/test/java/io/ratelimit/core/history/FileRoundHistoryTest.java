package io.ratelimit.core.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class FileRoundHistoryTest {

  private static final int PROCESSES = 3;
  private static final int EACH = 20;

  @TempDir private Path directory;

  private Path file() {
    return directory.resolve("rounds.jsonl");
  }

  private HistoryPage read() {
    return FileRoundHistory.at(file()).read(HistoryQuery.newest(1_000));
  }

  /** Returns a different round for each seed. */
  private static RoundRecord round(long seed) {
    return new RandomRounds(seed, 5).next();
  }

  @Test
  void leavesOutALineThatACrashCutOffAndGoesOnBehindIt() throws IOException {
    FileRoundHistory history = FileRoundHistory.at(file());
    history.append(round(1));
    String torn = round(2).toJson();
    Files.writeString(file(), torn.substring(0, torn.length() / 2), StandardOpenOption.APPEND);

    assertThat(read().rounds()).containsExactly(round(1));
    assertThat(read().unreadable()).isEqualTo(1);
    history.append(round(3));
    assertThat(read().rounds()).containsExactlyInAnyOrder(round(1), round(3));
    assertThat(read().unreadable()).isEqualTo(1);
    assertThat(Files.readAllLines(file())).hasSize(3);
  }

  @Test
  void leavesOutWhatIsNoRoundHoweverLongItIs() throws IOException {
    FileRoundHistory history = FileRoundHistory.at(file());
    history.append(round(1));
    Files.writeString(file(), "x".repeat(1_000_000) + "\n\n", StandardOpenOption.APPEND);
    history.append(round(2));

    assertThat(read().rounds()).containsExactlyInAnyOrder(round(1), round(2));
    assertThat(read().unreadable()).isEqualTo(1);
  }

  @Test
  void hasNoMoreBytesThanItMay() throws IOException {
    long mostBytes = 4L * RoundRecord.MAX_BYTES;
    FileRoundHistory history = FileRoundHistory.at(file(), mostBytes);
    for (long seed = 0; seed < 200; seed++) {
      history.append(round(seed));
    }

    Path earlier = directory.resolve("rounds.jsonl.1");
    assertThat(Files.size(file()) + Files.size(earlier)).isLessThanOrEqualTo(mostBytes);
    assertThat(Files.size(earlier)).isGreaterThan(mostBytes / 4);
    assertThat(read().unreadable()).isZero();
  }

  @Test
  void readingLeavesNothingBehind() throws IOException {
    assertThat(read()).isEqualTo(HistoryPage.EMPTY);
    try (var files = Files.list(directory)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void saysWhereItCannotKeepARound() {
    FileRoundHistory nowhere = FileRoundHistory.at(directory.resolve("none").resolve("rounds"));

    assertThatExceptionOfType(HistoryException.class)
        .isThrownBy(() -> nowhere.append(round(1)))
        .withMessageContaining("rounds")
        .withMessageContaining("NoSuchFileException");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FileRoundHistory.at(file(), 1_000))
        .withMessageContaining("at least 262144 but are 1000");
  }

  /** Runs in a separate process. Arguments: file, first seed. */
  static final class Writer {
    public static void main(String[] arguments) {
      FileRoundHistory history =
          FileRoundHistory.at(Path.of(arguments[0]), 4L * RoundRecord.MAX_BYTES);
      long first = Long.parseLong(arguments[1]);
      for (long seed = first; seed < first + EACH; seed++) {
        history.append(round(seed));
      }
    }
  }

  @Test
  @Timeout(120)
  void processesThatWriteAtOnceDivideNoLine() throws IOException, InterruptedException {
    List<Process> writers = new ArrayList<>();
    for (int process = 0; process < PROCESSES; process++) {
      writers.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path") + File.pathSeparator + modules(),
                  Writer.class.getName(),
                  file().toString(),
                  Integer.toString(1_000 * process))
              .inheritIO()
              .start());
    }
    for (Process writer : writers) {
      assertThat(writer.waitFor()).isZero();
    }

    List<String> written = new ArrayList<>(Files.readAllLines(file()));
    Path earlier = directory.resolve("rounds.jsonl.1");
    if (Files.exists(earlier)) {
      written.addAll(Files.readAllLines(earlier));
    }
    assertThat(written)
        .allSatisfy(line -> assertThat(RoundRecord.fromJson(line).id()).isNotEmpty());
    assertThat(read().unreadable()).isZero();
    assertThat(read().rounds()).isNotEmpty();
  }

  private static String modules() {
    String path = System.getProperty("jdk.module.path");
    return path == null ? "" : path;
  }
}
