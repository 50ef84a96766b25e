package io.ratelimit.benchmarks.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArgumentsTest {

  private static final List<String> SECTIONS = List.of("one", "two");

  @Test
  void withoutArgumentsAllIsMeasuredAtLength() {
    assertThat(Arguments.read(SECTIONS))
        .isEqualTo(new Arguments(SECTIONS, false, Optional.empty()));
  }

  @Test
  void sectionsOptionsAndTheFileComeInAnyOrder() {
    Arguments read = Arguments.read(SECTIONS, "--json", "rows.json", "two", "--quick");

    assertThat(read)
        .isEqualTo(new Arguments(List.of("two"), true, Optional.of(Path.of("rows.json"))));
    assertThat(read.include("two")).isTrue();
    assertThat(read.include("one")).isFalse();
  }

  @Test
  void whatIsUnknownIsRefusedAndSaysWhatThereIs() {
    assertThatThrownBy(() -> Arguments.read(SECTIONS, "three"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("three is no argument: there are --quick, --json FILE, one, two");
    assertThatThrownBy(() -> Arguments.read(SECTIONS, "--json"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void rowsAreWrittenOnlyIntoAFile(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("rows.json");

    Arguments.read(SECTIONS, "--json", file.toString()).write(Arguments.array(List.of("1", "2")));
    Arguments.read(SECTIONS).write("nowhere");

    assertThat(Files.readString(file)).isEqualTo("[\n1,\n2\n]\n");
  }
}
