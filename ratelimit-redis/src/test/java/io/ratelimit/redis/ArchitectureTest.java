package io.ratelimit.redis;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each subject has its own package, and internals are separate from the API. */
@AnalyzeClasses(
    packages = "io.ratelimit.redis",
    importOptions = ArchitectureTest.MainClassesOnly.class)
class ArchitectureTest {

  /** Test classes are in another directory, {@code test-classes} or {@code test-quick-…}. */
  static final class MainClassesOnly implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("/target/test-");
    }
  }

  private static final String API = "io.ratelimit.redis";
  private static final String INTERNAL = "io.ratelimit.redis.internal";
  private static final String CONNECTION = INTERNAL + ".connection";
  private static final String SCRIPT = INTERNAL + ".script";
  private static final String WIRE = INTERNAL + ".wire";

  private static final Path SOURCES = Path.of("src/main/java/io/ratelimit/redis");

  @ArchTest
  static final ArchRule roomsHaveNoCircles =
      slices().assignedFrom(new Rooms()).should().beFreeOfCycles();

  /** A room is a package. */
  private static final class Rooms implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      return SliceIdentifier.of(type.getPackageName());
    }

    @Override
    public String getDescription() {
      return "rooms";
    }
  }

  @ArchTest
  static final ArchRule insidesDoNotKnowTheApi =
      noClasses()
          .that()
          .resideInAPackage(INTERNAL + "..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(API);

  @ArchTest
  static final ArchRule whatIsNotPublicIsInternal =
      classes()
          .that()
          .resideInAPackage(API)
          .and()
          .areTopLevelClasses()
          .and()
          .doNotHaveSimpleName("package-info")
          .should()
          .bePublic();

  /** Forms are read and written without a connection, so tests need no server. */
  @ArchTest
  static final ArchRule formsAreReadWithoutRedis =
      noClasses()
          .that()
          .resideInAPackage(WIRE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.lettuce..", "java.util.concurrent..", "io.ratelimit.core.time");

  /** Connections do not depend on the commands sent over them. */
  @ArchTest
  static final ArchRule connectionsKnowNoScripts =
      noClasses()
          .that()
          .resideInAPackage(CONNECTION)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(SCRIPT, WIRE, "io.ratelimit.core.queue");

  @ArchTest
  static final ArchRule decidesNothingAboutWorkers =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.ratelimit.core.engine..",
              "io.ratelimit.core.handler..",
              "io.ratelimit.core.plan..",
              "io.ratelimit.temporal..");

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
