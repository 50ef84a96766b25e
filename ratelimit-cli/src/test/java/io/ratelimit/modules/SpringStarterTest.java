package io.ratelimit.modules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;

/** The starter works under two versions of Spring Boot: what moved is known to few classes. */
@AnalyzeClasses(packages = "io.ratelimit.spring")
class SpringStarterTest {

  @ArchTest
  static final ArchRule whatHostsSeeKnowsNothingOfTheInsides =
      noClasses()
          .that()
          .resideInAPackage("io.ratelimit.spring")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.ratelimit.spring.internal..");

  @ArchTest
  static final ArchRule namesOfSpringBoot3AreInTheirOwnClasses =
      noClasses()
          .that()
          .haveSimpleNameNotStartingWith("Boot3")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.springframework.boot.actuate..",
              "org.springframework.boot.autoconfigure.data.redis..");

  @ArchTest
  static final ArchRule namesOfSpringBoot4AreInTheirOwnClasses =
      noClasses()
          .that()
          .haveSimpleNameNotStartingWith("Boot4")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.springframework.boot.health..", "org.springframework.boot.data.redis..");

  @ArchTest
  static final ArchRule nobodyReadsAClock =
      noClasses()
          .should()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .dependOnClassesThat()
          .belongToAnyOf(Clock.class);
}
