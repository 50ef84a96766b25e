package io.ratelimit.benchmarks.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class FaultMatrixTest {

  @TempDir private Path directory;

  @Test
  @Timeout(value = 8, unit = TimeUnit.MINUTES)
  void theShortRunHolds() throws Exception {
    Path json = directory.resolve("rows.json");
    List<Row> rows =
        FaultMatrix.run(
            MatrixOptions.parse("--short", "--json", json.toString()), new PrintStream(System.out));
    assertThat(rows).hasSameSizeAs(Faults.SHORT_RUN);
    assertThat(rows).noneMatch(Row::isViolated).allMatch(row -> row.verdict().isPresent());
    assertThat(Files.readString(json)).contains("\"fault\":\"kill-one\"", "\"violations\":[]");
  }

  @Test
  void whatIsNotRunSaysWhy() {
    Row row = Row.notRun(Faults.all().get(0), "no compiler");
    assertThat(row.isViolated()).isFalse();
    assertThat(row.line()).endsWith("| not run: no compiler |");
    Row broken = Row.broken(Faults.all().get(0), new IOException("no port"));
    assertThat(broken.isViolated()).isTrue();
    assertThat(broken.line()).endsWith("| **broken off: no port** |");
  }

  @Test
  void faultsAreChosenByTheBeginningOfTheirNames() {
    assertThat(MatrixOptions.parse("--only", "clock-glitch,cut").faults())
        .extracting(Fault::name)
        .containsExactly("cut-replies", "clock-glitch-ahead", "clock-glitch-behind");
    assertThat(MatrixOptions.parse("--short").faults()).hasSameSizeAs(Faults.SHORT_RUN);
    assertThat(MatrixOptions.parse().faults())
        .extracting(Fault::name)
        .doesNotHaveDuplicates()
        .containsAll(Faults.SHORT_RUN);
  }

  @Test
  void whatIsWrongOnTheCommandLineIsSaid() {
    assertThatThrownBy(() -> MatrixOptions.parse("--only", "nothing"))
        .hasMessageContaining("nothing");
    assertThatThrownBy(() -> MatrixOptions.parse("--seed")).hasMessageContaining("--seed");
    assertThatThrownBy(() -> MatrixOptions.parse("--at-once", "0"))
        .hasMessageContaining("--at-once");
    assertThatThrownBy(() -> MatrixOptions.parse("--what", "1")).hasMessageContaining("--what");
  }
}
