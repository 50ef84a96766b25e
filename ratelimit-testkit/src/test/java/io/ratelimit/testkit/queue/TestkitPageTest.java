package io.ratelimit.testkit.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** docs/testkit.md shows code that is compiled and run. */
class TestkitPageTest {

  private static final Path PAGE = Path.of("../docs/testkit.md");
  private static final Path EXAMPLE =
      Path.of("src/test/java/io/ratelimit/testkit/queue/InMemoryEventQueueContractTest.java");

  @Test
  void theExampleIsTheTestOfTheQueueInMemory() throws IOException {
    String example = Files.readString(EXAMPLE);
    String shown = example.substring(example.indexOf("class "));

    assertThat(Files.readString(PAGE)).contains("```java\n" + shown + "```\n");
  }
}
