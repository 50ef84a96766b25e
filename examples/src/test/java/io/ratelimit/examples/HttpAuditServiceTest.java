package io.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class HttpAuditServiceTest {

  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @Test
  void isWhatTheDocumentationShows() throws IOException {
    Matcher shown = JAVA.matcher(Files.readString(Path.of("../docs/http.md")));
    assertThat(shown.find()).isTrue();
    String[] source =
        Files.readString(Path.of("src/main/java/io/ratelimit/examples/HttpAuditService.java"))
            .split("// docs/http.md\n", -1);

    assertThat(shown.group(1).strip())
        .isEqualTo(("    " + source[1].stripTrailing()).stripIndent().strip());
  }
}
