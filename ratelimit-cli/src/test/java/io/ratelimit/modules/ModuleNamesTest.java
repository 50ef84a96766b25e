package io.ratelimit.modules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A library without a descriptor would have a name from its file, and core exports nothing to it.
 */
class ModuleNamesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "core",
        "redis",
        "temporal",
        "micrometer",
        "opentelemetry",
        "jackson",
        "http",
        "testkit"
      })
  void everyLibraryHasItsName(String library) throws IOException {
    Path module = Path.of("..", "ratelimit-" + library);
    String name = "io.ratelimit." + library;
    Path descriptor = module.resolve("src/main/java/module-info.java");

    if (Files.exists(descriptor)) {
      assertThat(Files.readString(descriptor)).contains("module " + name + " {");
    } else {
      assertThat(Files.readString(module.resolve("pom.xml")))
          .contains("<Automatic-Module-Name>" + name + "</Automatic-Module-Name>");
    }
  }
}
