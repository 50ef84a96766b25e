package io.ratelimit.core;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Dependencies between packages, and access to clocks. */
@AnalyzeClasses(
    packages = "io.ratelimit.core",
    importOptions = ArchitectureTest.MainClassesOnly.class)
class ArchitectureTest {

  /** Test classes are in another directory, {@code test-classes} or {@code test-quick-…}. */
  static final class MainClassesOnly implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("/target/test-");
    }
  }

  private static final String CORE = "io.ratelimit.core.";
  private static final String INTERNAL = CORE + "internal.";

  /** A subject's API and internals are one layer. */
  private static String[] of(String subject) {
    return new String[] {CORE + subject, INTERNAL + subject};
  }

  @ArchTest
  static final ArchRule packagesFormLayers =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("check")
          .definedBy(INTERNAL + "check")
          .layer("form")
          .definedBy(INTERNAL + "form")
          .layer("event")
          .definedBy(of("event"))
          .layer("forecast")
          .definedBy(of("forecast"))
          .layer("time")
          .definedBy(of("time"))
          .layer("limit")
          .definedBy(of("limit"))
          .layer("scaling")
          .definedBy(of("scaling"))
          .layer("plan")
          .definedBy(of("plan"))
          .layer("queue")
          .definedBy(CORE + "queue", INTERNAL + "queue", INTERNAL + "memory")
          .layer("limiter")
          .definedBy(of("limiter"))
          .layer("handler")
          .definedBy(of("handler"))
          .layer("report")
          .definedBy(of("report"))
          .layer("history")
          .definedBy(of("history"))
          .layer("engine")
          .definedBy(of("engine"))
          .layer("simulation")
          .definedBy(of("simulation"))
          .whereLayer("check")
          .mayNotAccessAnyLayer()
          .whereLayer("form")
          .mayOnlyAccessLayers("check")
          .whereLayer("event")
          .mayOnlyAccessLayers("check")
          .whereLayer("forecast")
          .mayOnlyAccessLayers("check")
          .whereLayer("time")
          .mayOnlyAccessLayers("check")
          .whereLayer("limit")
          .mayOnlyAccessLayers("check", "form")
          .whereLayer("scaling")
          .mayOnlyAccessLayers("check", "event", "limit")
          .whereLayer("plan")
          .mayOnlyAccessLayers("check", "event", "limit", "scaling")
          .whereLayer("queue")
          .mayOnlyAccessLayers("check", "event", "form", "limit", "scaling", "time")
          .whereLayer("limiter")
          .mayOnlyAccessLayers("check", "limit", "queue", "time")
          .whereLayer("limiter")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("handler")
          .mayOnlyAccessLayers("check", "event", "limit", "queue", "scaling")
          .whereLayer("report")
          .mayOnlyAccessLayers("check", "event", "handler", "limit", "queue", "scaling")
          .whereLayer("history")
          .mayOnlyAccessLayers("check", "event", "handler", "limit", "queue", "report", "scaling")
          .whereLayer("engine")
          .mayOnlyBeAccessedByLayers("simulation")
          .whereLayer("simulation")
          .mayNotBeAccessedByAnyLayer();

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().assignedFrom(new Subjects()).should().beFreeOfCycles();

  /** The subject of a package: its name, whether API or internal. */
  private static final class Subjects implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      String name = type.getPackageName();
      String subject =
          name.startsWith(INTERNAL)
              ? name.substring(INTERNAL.length())
              : name.startsWith(CORE) ? name.substring(CORE.length()) : "core";
      return SliceIdentifier.of(subject.equals("memory") ? "queue" : subject);
    }

    @Override
    public String getDescription() {
      return "subjects";
    }
  }

  @ArchTest
  static final ArchRule fewLibraries =
      classes()
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                  "io.ratelimit.core..",
                  "java..",
                  "com.fasterxml.jackson.core..",
                  "io.github.bucket4j..",
                  "org.jspecify.annotations",
                  "com.google.errorprone.annotations",
                  "org.slf4j"));

  @ArchTest
  static final ArchRule pureParts =
      noClasses()
          .that()
          .resideInAnyPackage(
              INTERNAL + "check",
              INTERNAL + "form",
              CORE + "event",
              CORE + "forecast",
              INTERNAL + "forecast",
              CORE + "limit",
              CORE + "scaling",
              CORE + "plan")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                      "java.util.concurrent..", "java.io..", "java.nio.file..", "java.net..")
                  .or(resideInAnyPackage("org.slf4j..", CORE + "time", INTERNAL + "time"))
                  .or(JavaClass.Predicates.equivalentTo(Thread.class)));

  private static DescribedPredicate<JavaAccess<?>> use(Class<?> owner, String... names) {
    Set<String> all = Set.of(names);
    return DescribedPredicate.describe(
        owner.getSimpleName() + "." + String.join("/", names),
        access ->
            access.getTargetOwner().isEquivalentTo(owner)
                && (all.isEmpty() || all.contains(access.getName())));
  }

  private static final DescribedPredicate<JavaAccess<?>> READING_A_CLOCK =
      use(System.class, "nanoTime", "currentTimeMillis")
          .or(use(Instant.class, "now"))
          .or(use(LocalDateTime.class, "now"))
          .or(use(OffsetDateTime.class, "now"))
          .or(use(ZonedDateTime.class, "now"))
          .or(use(Clock.class))
          .or(use(Date.class));

  private static final DescribedPredicate<JavaAccess<?>> PARKING =
      use(LockSupport.class, "park", "parkNanos", "parkUntil");

  private static final DescribedPredicate<JavaAccess<?>> SLEEPING =
      use(Thread.class, "sleep")
          .or(use(TimeUnit.class, "sleep"))
          .or(use(CompletableFuture.class, "orTimeout", "delayedExecutor"));

  private static final DescribedPredicate<JavaAccess<?>> RANDOM_IDS = use(UUID.class, "randomUUID");

  private static final DescribedPredicate<JavaAccess<?>> LEAVING_IT_TO_CHANCE =
      use(Random.class)
          .or(use(ThreadLocalRandom.class))
          .or(use(SecureRandom.class))
          .or(use(Math.class, "random"))
          .or(
              DescribedPredicate.describe(
                  "an unseeded SplittableRandom",
                  access ->
                      access instanceof JavaConstructorCall call
                          && call.getTargetOwner().isEquivalentTo(SplittableRandom.class)
                          && call.getTarget().getRawParameterTypes().isEmpty()));

  private static ArchRule only(String simpleName, DescribedPredicate<JavaAccess<?>> may) {
    return noClasses()
        .that(not(JavaClass.Predicates.simpleName(simpleName)))
        .should()
        .accessTargetWhere(may);
  }

  @ArchTest
  static final ArchRule onlyTheSystemTimeReadsAClock = only("SystemTime", READING_A_CLOCK);

  /** Virtual time also parks its waiters. */
  @ArchTest
  static final ArchRule onlyTimesPark =
      noClasses()
          .that(not(JavaClass.Predicates.simpleName("SystemTime")))
          .and(not(JavaClass.Predicates.simpleName("VirtualTime")))
          .should()
          .accessTargetWhere(PARKING);

  @ArchTest static final ArchRule nobodySleeps = noClasses().should().accessTargetWhere(SLEEPING);

  /** Ids must be unique across processes. */
  @ArchTest static final ArchRule onlyRequestIdsAreRandom = only("RequestIds", RANDOM_IDS);

  @ArchTest
  static final ArchRule nothingIsLeftToChance =
      noClasses().should().accessTargetWhere(LEAVING_IT_TO_CHANCE);
}
