package io.ratelimit.benchmarks.faults;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.benchmarks.faults.judge.Journal;
import io.ratelimit.benchmarks.faults.judge.Resp;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The servers and processes of one trial. */
final class Scene implements AutoCloseable {

  static final int PROCESSES = 3;

  private static final int PATIENCE_SECONDS = 20;
  private static final long PAUSE_MILLIS = 10;

  private final Path directory;
  private final long seed;
  private final Fault.Named named;
  private final @Nullable ClockShim clock;
  private final RedisProcess primary;
  private final @Nullable RedisProcess replica;
  private final Proxy proxy;
  private final String uri;
  private final List<Load> all = new CopyOnWriteArrayList<>();
  private final List<RedisProcess> servers = new CopyOnWriteArrayList<>();
  private final List<Load> working = new ArrayList<>();
  private final Thread atExit = new Thread(this::endProcesses, "ends a trial");

  Scene(Path directory, Fault.Setup setup, long seed) throws IOException, InterruptedException {
    this.directory = directory;
    this.seed = seed;
    this.named = setup.named();
    this.proxy = new Proxy();
    Runtime.getRuntime().addShutdownHook(atExit);
    try {
      this.clock = setup.hasClock() ? ClockShim.make(directory) : null;
      this.primary =
          start("primary", setup.settings(), clock == null ? Map.of() : clock.environment());
      this.replica = setup.hasReplica() ? start("replica", asReplica(setup), Map.of()) : null;
    } catch (IOException | InterruptedException | RuntimeException e) {
      close();
      throw e;
    }
    proxy.retarget(primary.port());
    this.uri = "redis://" + setup.credentials() + "127.0.0.1:" + proxy.port();
  }

  private List<String> asReplica(Fault.Setup setup) {
    List<String> settings = new ArrayList<>(setup.settings());
    settings.add("replicaof 127.0.0.1 " + primary.port());
    return settings;
  }

  private RedisProcess start(String name, List<String> settings, Map<String, String> environment)
      throws IOException, InterruptedException {
    RedisProcess server = new RedisProcess(directory.resolve(name), settings, environment);
    servers.add(server);
    return server;
  }

  /**
   * Starts processes, and waits until each is ready or has given up.
   *
   * @return whether all are ready
   */
  @CanIgnoreReturnValue
  boolean startLoads(int count) throws IOException {
    List<Load> starting = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      // Every second process is of a version that lacks a handler for the highest priority.
      int handled = LoadProcess.TYPES.size() - all.size() % 2;
      Load load = new Load("process-" + (all.size() + 1), directory, uri, seed, handled, named);
      all.add(load);
      starting.add(load);
    }
    working.addAll(starting);
    boolean ready = true;
    for (Load load : starting) {
      ready &= load.awaitReady();
    }
    return ready;
  }

  RedisProcess primary() {
    return primary;
  }

  RedisProcess replica() {
    return Objects.requireNonNull(replica, "the setup has no replica");
  }

  /** Returns the server that new connections go to. */
  RedisProcess serving() {
    return replica != null && proxy.target() == replica.port() ? replica : primary;
  }

  Proxy proxy() {
    return proxy;
  }

  ClockShim clock() {
    return Objects.requireNonNull(clock, "the setup has no clock of its own");
  }

  /**
   * Returns the processes that must continue to work, oldest first; the first is never the only
   * victim.
   */
  List<Load> working() {
    return List.copyOf(working);
  }

  /** Returns the process that faults of one process hurt. */
  Load victim() {
    return working.get(working.size() - 1);
  }

  /** No longer expects a process to work. */
  void dismiss(Load load) {
    working.remove(load);
  }

  /** Returns whether all processes that must work are alive. */
  boolean areAlive() {
    return working.stream().allMatch(Load::isAlive);
  }

  List<Journal> journals() throws IOException {
    List<Journal> journals = new ArrayList<>();
    for (Load load : all) {
      journals.add(load.journal());
    }
    return journals;
  }

  /** Returns the name of one of the queue's keys. */
  String key(String name) {
    return named.prefix() + name;
  }

  /** Waits until the replica has caught up. */
  void awaitReplica() throws IOException, InterruptedException {
    try (Resp redis = primary.connect()) {
      await("the replica follows", () -> redis.number("WAIT", "1", "100") == 1);
    }
  }

  /** A question to a server. */
  interface Question {
    boolean ask() throws IOException;
  }

  static void await(String what, Question question) throws IOException, InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!question.ask()) {
      if (System.nanoTime() > until) {
        throw new IOException("not so after " + PATIENCE_SECONDS + " s: " + what);
      }
      Thread.sleep(PAUSE_MILLIS);
    }
  }

  static void sleep(Duration duration) throws InterruptedException {
    Thread.sleep(duration.toMillis());
  }

  /**
   * Ends the processes, also if the program is interrupted: suspended ones would not end by
   * themselves.
   */
  private void endProcesses() {
    all.forEach(Load::close);
    servers.forEach(RedisProcess::close);
  }

  @Override
  public void close() throws IOException {
    endProcesses();
    proxy.close();
    try {
      boolean unused = Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException ending) {
      return; // The JVM is ending; the hook has done the work.
    }
  }
}
