package io.ratelimit.testkit;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The module's dependencies: it tests any queue, over any store. */
@AnalyzeClasses(
    packages = "io.ratelimit.testkit",
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
  static final ArchRule dependsOnCoreAndTestLibrariesAlone =
      classes()
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                  "io.ratelimit.testkit..",
                  "io.ratelimit.core..",
                  "java..",
                  "org.assertj.core.api..",
                  "org.awaitility..",
                  "org.junit.jupiter..",
                  "redis.embedded.core",
                  "org.jspecify.annotations",
                  "com.google.errorprone.annotations"));

  @ArchTest
  static final ArchRule roomsAreApart =
      slices().matching("io.ratelimit.testkit.(*)..").should().notDependOnEachOther();

  /** Benchmarks use the servers without test libraries. */
  @ArchTest
  static final ArchRule redisNeedsNoTestLibrary =
      noClasses()
          .that()
          .haveSimpleName("LocalRedis")
          .or()
          .haveSimpleName("ServerProcess")
          .or()
          .haveSimpleName("Signals")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.assertj..", "org.awaitility..", "org.junit..");
}
