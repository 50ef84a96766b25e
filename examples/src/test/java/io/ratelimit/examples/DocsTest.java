package io.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the docs show is what the examples compile: the lines between two marks of one page. */
class DocsTest {

  private static final Path ROOT = Path.of("..");
  private static final List<Path> SOURCES =
      List.of(
          Path.of("src/main/java/io/ratelimit/examples"),
          ROOT.resolve("examples-spring/src/main/java/io/ratelimit/examples/spring"));
  private static final Pattern SNIPPET =
      Pattern.compile("( *)// (README|docs/[a-z-]+\\.md)\n(.*?\n) *// \\2\n", Pattern.DOTALL);
  private static final Pattern SHOWN = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final int MOST_LINES = 30;

  /** Some lines of an example, and the page that shows them. */
  record Snippet(Path source, Path page, String text) {}

  static List<Snippet> snippets() throws IOException {
    List<Snippet> snippets = new ArrayList<>();
    for (Path directory : SOURCES) {
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.sorted().toList()) {
          Matcher marked = SNIPPET.matcher(Files.readString(file));
          while (marked.find()) {
            String page = marked.group(2).equals("README") ? "README.md" : marked.group(2);
            String text = marked.group(3).stripTrailing().stripIndent().strip();
            snippets.add(new Snippet(file, ROOT.resolve(page), text));
          }
        }
      }
    }
    return snippets;
  }

  @ParameterizedTest
  @MethodSource("snippets")
  void theDocsShowWhatIsCompiled(Snippet snippet) throws IOException {
    assertThat(SHOWN.matcher(Files.readString(snippet.page())).results())
        .extracting((MatchResult block) -> block.group(1).strip())
        .contains(snippet.text());
    assertThat(snippet.text().lines()).hasSizeLessThanOrEqualTo(MOST_LINES);
  }

  @Test
  void everyWayOfEmbeddingIsShown() throws IOException {
    assertThat(snippets())
        .extracting(snippet -> ROOT.relativize(snippet.page()).toString())
        .contains(
            "README.md",
            "docs/handlers.md",
            "docs/http.md",
            "docs/own-queue.md",
            "docs/redis.md",
            "docs/spring-boot.md",
            "docs/temporal.md");
  }

  @Test
  void theReadmeNeedsTwelveLines() throws IOException {
    assertThat(snippets())
        .filteredOn(snippet -> snippet.page().endsWith("README.md"))
        .singleElement()
        .satisfies(snippet -> assertThat(snippet.text().lines()).hasSizeLessThanOrEqualTo(12));
  }
}
