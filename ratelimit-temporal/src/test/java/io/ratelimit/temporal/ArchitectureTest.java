package io.ratelimit.temporal;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
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
import io.ratelimit.core.internal.engine.ScalingController;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.scaling.ScalingPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each subject has its own package, and internals are separate from the API. */
@AnalyzeClasses(
    packages = "io.ratelimit.temporal",
    importOptions = ArchitectureTest.MainClassesOnly.class)
class ArchitectureTest {

  /** Test classes are in another directory, {@code test-classes} or {@code test-quick-…}. */
  static final class MainClassesOnly implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("/target/test-");
    }
  }

  private static final String DOORS = "io.ratelimit.temporal";
  private static final String VALUES = "io.ratelimit.temporal.manager";
  private static final String INTERNAL = "io.ratelimit.temporal.internal";
  private static final String WORKFLOW = INTERNAL + ".workflow";

  private static final Path SOURCES = Path.of("src/main/java/io/ratelimit/temporal");

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

  /** The values of managers know nothing of the implementation. */
  @ArchTest
  static final ArchRule valuesKnowNoInsides =
      noClasses()
          .that()
          .resideInAPackage(VALUES)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(DOORS, INTERNAL + "..");

  @ArchTest
  static final ArchRule insidesDoNotKnowTheDoors =
      noClasses()
          .that()
          .resideInAPackage(INTERNAL + "..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(DOORS);

  @ArchTest
  static final ArchRule whatIsNotPublicIsInternal =
      classes()
          .that()
          .resideInAnyPackage(DOORS, VALUES)
          .and()
          .areTopLevelClasses()
          .and()
          .doNotHaveSimpleName("package-info")
          .should()
          .bePublic();

  /** Workflow code is replayed: a clock, a thread or a queue would answer differently then. */
  @ArchTest
  static final ArchRule theWorkflowIsDeterministic =
      noClasses()
          .that()
          .resideInAPackage(WORKFLOW)
          .should()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .dependOnClassesThat(
              resideInAnyPackage(
                      "java.util.concurrent..",
                      "io.temporal.client..",
                      "io.temporal.serviceclient..",
                      "io.ratelimit.core.time",
                      INTERNAL + ".client",
                      INTERNAL + ".lane",
                      INTERNAL + ".queue",
                      INTERNAL + ".worker")
                  .or(equivalentTo(Thread.class))
                  .or(equivalentTo(EventQueue.class))
                  .or(equivalentTo(ScalingPolicy.class))
                  .or(equivalentTo(ScalingController.class)));

  @ArchTest
  static final ArchRule worksOverAnyQueue =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.ratelimit.redis..", "io.lettuce..");

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
