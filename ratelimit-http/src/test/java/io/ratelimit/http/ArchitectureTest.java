package io.ratelimit.http;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.ratelimit.core.queue.EventQueue;
import java.time.Clock;
import java.time.Instant;

/** Dependencies between packages, and that time comes from others. */
@AnalyzeClasses(
    packages = "io.ratelimit.http",
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
  static final ArchRule roomsHaveNoCircles =
      slices().matching("io.ratelimit.http.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule noRoomKnowsTheHandler =
      noClasses()
          .that()
          .resideInAPackage("io.ratelimit.http.*..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.ratelimit.http");

  @ArchTest
  static final ArchRule whatIsSaidIsReadWithoutRequestsAndQueues =
      classes()
          .that()
          .resideInAnyPackage(
              "io.ratelimit.http.answer", "io.ratelimit.http.profile", "io.ratelimit.http.quota")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                  "io.ratelimit.http.answer",
                  "io.ratelimit.http.profile",
                  "io.ratelimit.http.quota",
                  "io.ratelimit.core.internal.check",
                  "com.fasterxml.jackson.core..",
                  "org.greenbytes.http.sfv",
                  "java..",
                  "org.jspecify.annotations",
                  "com.google.errorprone.annotations"));

  @ArchTest
  static final ArchRule nobodyKnowsAQueue =
      noClasses().should().dependOnClassesThat().areAssignableTo(EventQueue.class);

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
