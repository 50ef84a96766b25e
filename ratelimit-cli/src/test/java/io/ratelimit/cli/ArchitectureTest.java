package io.ratelimit.cli;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each subject has its own package, and dependencies have no cycles. */
class ArchitectureTest {

  private static final Path SOURCES = Path.of("src/main/java/io/ratelimit/cli");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(location -> !location.contains("/target/test-"))
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_JARS)
          .importPackages("io.ratelimit.cli");

  @Test
  void roomsHaveNoCircles() {
    slices().matching("io.ratelimit.cli.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void noRoomKnowsTheWholeHouse() {
    assertThat(CLASSES)
        .filteredOn(type -> !type.getPackageName().equals("io.ratelimit.cli"))
        .isNotEmpty()
        .allSatisfy(
            type ->
                assertThat(type.getDirectDependenciesFromSelf())
                    .extracting(dependency -> dependency.getTargetClass().getBaseComponentType())
                    .extracting(JavaClass::getPackageName)
                    .doesNotContain("io.ratelimit.cli"));
  }

  @Test
  void theLargestRoomIsAtMostAQuarter() throws IOException {
    Map<String, Long> lines = new TreeMap<>();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        try (Stream<String> content = Files.lines(file)) {
          lines.merge(SOURCES.relativize(file.getParent()).toString(), content.count(), Long::sum);
        }
      }
    }
    long all = lines.values().stream().mapToLong(Long::longValue).sum();

    assertThat(all).isPositive();
    assertThat(lines).allSatisfy((room, size) -> assertThat(4 * size).isLessThanOrEqualTo(all));
  }
}
