package io.ratelimit.cli.telemetry;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.ratelimit.cli.shell.Causes;
import io.ratelimit.cli.shell.Repeating;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The health of a process, from its parts. Slow checks run in the background, so that requests get
 * an answer at once, whatever hangs. Thread-safe.
 */
final class Health implements AutoCloseable {

  /** A verdict in JSON. */
  enum Status {
    /** All is well. */
    UP,
    /** Something is wrong. */
    DOWN
  }

  /**
   * The health of the process.
   *
   * @param reasons why it is down, one sentence each
   */
  record Verdict(Status status, List<String> reasons) {

    static Verdict of(List<String> reasons) {
      return new Verdict(reasons.isEmpty() ? Status.UP : Status.DOWN, List.copyOf(reasons));
    }

    @JsonIgnore
    boolean isUp() {
      return status == Status.UP;
    }
  }

  private enum Phase {
    STARTING,
    WORKING,
    STOPPING
  }

  /** A part that is used; using it throws within seconds if it is unavailable. */
  private record Part(String name, Runnable use) {}

  /** A part without which the process should be restarted. */
  private record Vital(String name, BooleanSupplier lives) {}

  /** The results of the checks. */
  private record Looked(Instant at, List<String> faults) {}

  private static final Duration PAUSE = Duration.ofSeconds(2);
  private static final Duration HANGING = Duration.ofSeconds(20);

  private final Time time;
  private final List<Part> parts = new CopyOnWriteArrayList<>();
  private final List<Vital> vital = new CopyOnWriteArrayList<>();
  private volatile Phase phase = Phase.STARTING;
  private volatile Optional<Looked> looked = Optional.empty();
  private volatile @Nullable Repeating looking;

  Health(Time time) {
    this.time = time;
  }

  /**
   * Makes the process ready only while a part is usable.
   *
   * @param use uses the part; throws within seconds if it is unavailable
   */
  void needs(String name, Runnable use) {
    parts.add(new Part(name, use));
  }

  /**
   * Makes the process live only while a part does.
   *
   * @param lives must return at once
   */
  void livesBy(String name, BooleanSupplier lives) {
    vital.add(new Vital(name, lives));
  }

  /** Starts the checks; all parts are registered. */
  void started() {
    phase = Phase.WORKING;
    looking = Repeating.start("health", PAUSE, this::look);
  }

  /** Notes that the process accepts no more work. */
  void stopping() {
    phase = Phase.STOPPING;
  }

  /** Checks all parts. */
  void look() {
    List<String> faults = new ArrayList<>();
    for (Part part : parts) {
      try {
        part.use().run();
      } catch (RuntimeException fault) {
        faults.add(part.name() + ": " + Causes.told(fault));
      }
    }
    looked = Optional.of(new Looked(time.now(), List.copyOf(faults)));
  }

  /** Returns whether the process can do its work, which depends on other systems. */
  Verdict ready() {
    return switch (phase) {
      case STARTING -> Verdict.of(List.of("it is starting"));
      case STOPPING -> Verdict.of(List.of("it is stopping"));
      case WORKING -> {
        List<String> reasons = new ArrayList<>(deaths());
        reasons.addAll(looked.map(this::faults).orElse(List.of("it is starting")));
        yield Verdict.of(reasons);
      }
    };
  }

  private List<String> faults(Looked last) {
    return time.now().isAfter(last.at().plus(HANGING))
        ? List.of("a part has not answered since " + last.at())
        : last.faults();
  }

  /** Returns whether the process should keep running, which depends on no other system. */
  Verdict live() {
    return Verdict.of(phase == Phase.STOPPING ? List.of() : deaths());
  }

  private List<String> deaths() {
    return vital.stream()
        .filter(part -> !part.lives().getAsBoolean())
        .map(part -> part.name() + " has ended by itself")
        .toList();
  }

  @Override
  public void close() {
    Repeating running = looking;
    if (running != null) {
      running.close();
    }
  }
}
