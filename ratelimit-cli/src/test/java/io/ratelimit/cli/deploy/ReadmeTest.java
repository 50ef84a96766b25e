package io.ratelimit.cli.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.cli.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The example's README is right. */
class ReadmeTest {

  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)\\)");

  private static String text() throws IOException {
    return Files.readString(Example.readme());
  }

  @Test
  void itsCommandsAreAccepted() throws IOException {
    assertThat(text().lines().filter(line -> line.startsWith("ratelimit ")))
        .isNotEmpty()
        .allSatisfy(
            line ->
                assertThat(
                        Commands.refusal(List.of(line.substring("ratelimit ".length()).split(" "))))
                    .isEmpty());
  }

  @Test
  void itNamesEveryAlertWithItsSeverity() throws IOException {
    List<String> rows = text().lines().filter(line -> line.startsWith("| `Ratelimit")).toList();

    assertThat(PrometheusFilesTest.alerts())
        .allSatisfy(
            alert ->
                assertThat(rows)
                    .filteredOn(row -> row.contains("`" + alert.get("alert").asText() + "`"))
                    .singleElement()
                    .asString()
                    .contains("| " + alert.at("/labels/severity").asText() + " |"));
  }

  @Test
  void whatItLinksToIsThere() throws IOException {
    assertThat(LINK.matcher(text()).results().map(link -> link.group(1)))
        .isNotEmpty()
        .allSatisfy(link -> assertThat(Example.readme().resolveSibling(link)).exists());
  }
}
