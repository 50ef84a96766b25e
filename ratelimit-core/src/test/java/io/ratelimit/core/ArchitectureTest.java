package io.ratelimit.core;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The arrows between the packages, and who may know what time it is. */
@AnalyzeClasses(
    packages = "io.ratelimit.core",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String CORE = "io.ratelimit.core.";

  @ArchTest
  static final ArchRule packagesFormLayers =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("event")
          .definedBy(CORE + "event")
          .layer("time")
          .definedBy(CORE + "time")
          .layer("limit")
          .definedBy(CORE + "limit")
          .layer("scaling")
          .definedBy(CORE + "scaling")
          .layer("plan")
          .definedBy(CORE + "plan")
          .layer("queue")
          .definedBy(CORE + "queue")
          .layer("handler")
          .definedBy(CORE + "handler")
          .layer("report")
          .definedBy(CORE + "report")
          .layer("engine")
          .definedBy(CORE + "engine")
          .layer("simulation")
          .definedBy(CORE + "simulation")
          .whereLayer("event")
          .mayNotAccessAnyLayer()
          .whereLayer("time")
          .mayNotAccessAnyLayer()
          .whereLayer("limit")
          .mayNotAccessAnyLayer()
          .whereLayer("scaling")
          .mayOnlyAccessLayers("event", "limit")
          .whereLayer("plan")
          .mayOnlyAccessLayers("event", "limit", "scaling")
          .whereLayer("queue")
          .mayOnlyAccessLayers("event", "limit", "time")
          .whereLayer("handler")
          .mayOnlyAccessLayers("event", "limit", "queue")
          .whereLayer("report")
          .mayOnlyAccessLayers("event", "handler", "limit", "queue", "scaling")
          .whereLayer("engine")
          .mayOnlyBeAccessedByLayers("simulation")
          .whereLayer("simulation")
          .mayNotBeAccessedByAnyLayer();

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("io.ratelimit.core.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule fewLibraries =
      classes()
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                  "io.ratelimit.core..",
                  "java..",
                  "io.github.bucket4j..",
                  "org.jspecify.annotations",
                  "com.google.errorprone.annotations",
                  "org.slf4j"));

  @ArchTest
  static final ArchRule pureParts =
      noClasses()
          .that()
          .resideInAnyPackage(CORE + "event", CORE + "limit", CORE + "scaling", CORE + "plan")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                      "java.util.concurrent..", "java.io..", "java.nio.file..", "java.net..")
                  .or(resideInAnyPackage("org.slf4j..", CORE + "time"))
                  .or(JavaClass.Predicates.equivalentTo(Thread.class)));

  private static final DescribedPredicate<JavaCall<?>> READS_CLOCK_OR_CHANCE =
      DescribedPredicate.describe(
          "read the clock, wait for it, or leave something to chance",
          call -> {
            String owner = call.getTargetOwner().getFullName();
            String name = call.getName();
            boolean clock =
                (Set.of(Instant.class.getName(), LocalDateTime.class.getName()).contains(owner)
                        && name.equals("now"))
                    || (owner.equals(System.class.getName())
                        && Set.of("nanoTime", "currentTimeMillis").contains(name))
                    || owner.equals(Clock.class.getName());
            boolean sleep =
                (owner.equals(Thread.class.getName()) && name.equals("sleep"))
                    || (owner.equals(TimeUnit.class.getName()) && name.equals("sleep"))
                    || (owner.equals(LockSupport.class.getName()) && name.startsWith("park"));
            boolean chance =
                owner.equals(Random.class.getName())
                    || owner.equals(ThreadLocalRandom.class.getName())
                    || (owner.equals(Math.class.getName()) && name.equals("random"))
                    || (owner.equals(UUID.class.getName()) && name.equals("randomUUID"));
            return clock || sleep || chance;
          });

  /**
   * The exceptions: the system's clock; the virtual time, whose waiting threads must park; and the
   * ids that no other process may have.
   */
  @ArchTest
  static final ArchRule onlyTheSystemTimeKnowsTheTime =
      noClasses()
          .that(
              not(
                  JavaClass.Predicates.simpleName("SystemTime")
                      .or(JavaClass.Predicates.simpleName("VirtualTime"))
                      .or(JavaClass.Predicates.simpleName("RequestIds"))))
          .should()
          .callMethodWhere(READS_CLOCK_OR_CHANCE);
}
