package io.ratelimit.temporal.internal.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.core.internal.engine.ScalingController;
import io.ratelimit.core.internal.report.QueueRound;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.scaling.ScalingInput;
import io.ratelimit.core.scaling.ScalingPolicy;
import io.ratelimit.temporal.Scenario;
import io.ratelimit.temporal.internal.queue.Decider;
import io.ratelimit.temporal.internal.queue.QueueActivities;
import io.ratelimit.temporal.internal.wire.LimitChange;
import io.ratelimit.temporal.manager.RateLimitManagerWorkflow;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.common.converter.RawValue;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.WorkflowReplayer;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerOptions;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A running manager must continue under a new version of the workflow: the new version must repeat
 * whatever the older one did.
 *
 * <p>The histories under {@code src/test/resources/histories} were made by released versions. Those
 * of the present version are added with {@code mvn -pl ratelimit-temporal -am test
 * -Dtest=ReplayTest -Dhistories.record=VERSION -Dsurefire.failIfNoSpecifiedTests=false}; none is
 * ever replaced while managers of its version may run.
 */
@Execution(ExecutionMode.CONCURRENT)
class ReplayTest {

  private static final Path STORED = Path.of("src/test/resources/histories");

  static List<Path> stored() throws IOException {
    try (Stream<Path> files = Files.list(STORED)) {
      return files.sorted().toList();
    }
  }

  /** On a busy machine, loading the classes of a workflow again may take seconds. */
  private static final WorkerOptions PATIENT =
      WorkerOptions.newBuilder()
          .setDefaultDeadlockDetectionTimeout(Duration.ofMinutes(1).toMillis())
          .build();

  private static void replay(WorkflowExecutionHistory history, Consumer<Worker> workflow)
      throws Exception {
    try (TestWorkflowEnvironment temporal = TestWorkflowEnvironment.newInstance()) {
      Worker worker = temporal.newWorker("replay", PATIENT);
      workflow.accept(worker);
      WorkflowReplayer.replayWorkflowExecution(history, worker);
    }
  }

  private static void present(Worker worker) {
    ManagerShell.register(worker, CallOptions.DEFAULT);
  }

  private static void changed(Worker worker) {
    worker.registerWorkflowImplementationTypes(ChangedWorkflow.class);
  }

  @ParameterizedTest
  @MethodSource("stored")
  void whatAnOlderVersionDidComesOutAgain(Path history) throws Exception {
    replay(WorkflowExecutionHistory.fromJson(Files.readString(history)), ReplayTest::present);
  }

  @ParameterizedTest
  @EnumSource
  void whatThisVersionDoesComesOutAgain(Scenario scenario) throws Exception {
    List<WorkflowExecutionHistory> histories = scenario.run(Scenario.CACHED);
    for (WorkflowExecutionHistory history : histories) {
      replay(history, ReplayTest::present);
    }
    record(scenario, histories);
  }

  private static void record(Scenario scenario, List<WorkflowExecutionHistory> histories)
      throws IOException {
    String version = System.getProperty("histories.record");
    if (version == null) {
      return;
    }
    Files.createDirectories(STORED);
    for (int run = 0; run < histories.size(); run++) {
      String name =
          "%s-%s-%d.json".formatted(version, scenario.name().toLowerCase(Locale.ROOT), run);
      Files.writeString(STORED.resolve(name), histories.get(run).toJson(true) + "\n");
    }
  }

  /** Without a cache, each workflow task is a replay from the start, while lanes come and go. */
  @ParameterizedTest
  @EnumSource
  void everyTaskIsAReplayWithoutACache(Scenario scenario) throws Exception {
    assertThat(scenario.run(0)).isNotEmpty();
  }

  /**
   * A new formula breaks no running manager: the workflow replays even if no policy or other
   * deciding class can be loaded.
   */
  @ParameterizedTest
  @MethodSource("stored")
  void replaysWithoutAnythingThatDecides(Path history) throws Exception {
    try (WithoutPolicies loader = new WithoutPolicies()) {
      Class<?> shell = loader.loadClass(ManagerShell.class.getName());
      Class<?> calls = loader.loadClass(CallOptions.class.getName());
      assertThat(shell).isNotEqualTo(ManagerShell.class);
      Method register = shell.getDeclaredMethod("register", Worker.class, calls);
      register.setAccessible(true);
      Field defaults = calls.getDeclaredField("DEFAULT");
      defaults.setAccessible(true);

      replay(
          WorkflowExecutionHistory.fromJson(Files.readString(history)),
          worker -> {
            try {
              register.invoke(null, worker, defaults.get(null));
            } catch (ReflectiveOperationException impossible) {
              throw new LinkageError(impossible.getMessage(), impossible);
            }
          });
    }
  }

  @Test
  void whatDecidesIsReallyMissingThere() throws Exception {
    try (WithoutPolicies loader = new WithoutPolicies()) {
      for (Class<?> decides : WithoutPolicies.DECIDE) {
        assertThatThrownBy(() -> loader.loadClass(decides.getName()))
            .isInstanceOf(ClassNotFoundException.class);
      }
    }
  }

  /** Loads this project's classes again, except those that decide. */
  private static final class WithoutPolicies extends URLClassLoader {

    static final List<Class<?>> DECIDE =
        List.of(
            Decider.class,
            QueueActivities.class,
            ScalingController.class,
            ScalingPolicy.class,
            ScalingInput.class,
            QueueRound.class);

    private static final String OURS = "io.ratelimit.";

    WithoutPolicies() {
      super(classPath(), ReplayTest.class.getClassLoader());
    }

    private static URL[] classPath() {
      return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
          .map(WithoutPolicies::url)
          .toArray(URL[]::new);
    }

    private static URL url(String entry) {
      try {
        return Path.of(entry).toUri().toURL();
      } catch (MalformedURLException impossible) {
        throw new AssertionError(impossible);
      }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith(OURS)) {
        return super.loadClass(name, resolve);
      }
      if (DECIDE.stream().anyMatch(gone -> name.equals(gone.getName()))) {
        throw new ClassNotFoundException(name + " is not there");
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded == null ? findClass(name) : loaded;
      }
    }
  }

  @Test
  void aChangedWorkflowFailsReplay() throws Exception {
    for (Path history : stored()) {
      assertThatThrownBy(
              () ->
                  replay(
                      WorkflowExecutionHistory.fromJson(Files.readString(history)),
                      ReplayTest::changed))
          .hasMessageContaining("replay");
    }
  }

  /** Pauses before it looks at the queue, unlike any version. */
  public static final class ChangedWorkflow implements RateLimitManagerWorkflow {

    private final ActivityCalls queue = new ActivityCalls(CallOptions.DEFAULT, Optional::empty);

    @Override
    public RawValue run(RawValue options, @Nullable RawValue carried) {
      LimitSettings settings = queue.applyLimit(LimitChange.of(LimitChange.Kind.PAUSE));
      throw new IllegalStateException("not meant to get here: " + settings);
    }

    @Override
    public RawValue pause() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void validatePause() {}

    @Override
    public RawValue resume() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void validateResume() {}

    @Override
    public RawValue stop() {
      throw new UnsupportedOperationException();
    }

    @Override
    public RawValue changeLimit(RawValue limit) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void validateChangeLimit(RawValue limit) {}

    @Override
    public RawValue setWorkers(RawValue workers) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void validateSetWorkers(RawValue workers) {}

    @Override
    public RawValue status() {
      throw new UnsupportedOperationException();
    }
  }
}
