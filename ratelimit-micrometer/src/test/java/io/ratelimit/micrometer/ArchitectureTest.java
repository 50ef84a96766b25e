package io.ratelimit.micrometer;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;

/** The module's dependencies, and that it reads time only from the queue or the registry. */
@AnalyzeClasses(
    packages = "io.ratelimit.micrometer",
    importOptions = ArchitectureTest.MainClassesOnly.class)
class ArchitectureTest {

  /** Test classes are in another directory, {@code test-classes} or {@code test-quick-…}. */
  static final class MainClassesOnly implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("/target/test-");
    }
  }

  @ArchTest
  static final ArchRule dependsOnCoreAndMicrometerAlone =
      classes()
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                  "io.ratelimit.micrometer",
                  "io.ratelimit.core..",
                  "io.micrometer.core.instrument..",
                  "java..",
                  "org.jspecify.annotations",
                  "com.google.errorprone.annotations"));

  @ArchTest
  static final ArchRule nobodyReadsAClock =
      noClasses()
          .should()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(Clock.class)
          .orShould()
          .callMethod(Thread.class, "sleep", long.class);
}
