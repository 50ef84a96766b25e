package io.ratelimit.benchmarks;

import io.ratelimit.core.limit.Decision;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.LimitState;
import io.ratelimit.core.limit.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One decision of the limit's state machine, in a steady state with a full window. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LimitBenchmark {

  private static final Duration MICROSECOND = Duration.ofNanos(1_000);

  /** Permits per minute, and burst. */
  @Param({"20:1", "20:20", "100000:1", "100000:1000"})
  public String limit = "";

  private LimitState state = LimitState.unused(LimitSettings.of(RateLimit.of(1).perMinute()));
  private Instant next = Instant.EPOCH;
  private Instant tooEarly = Instant.EPOCH;

  /** Starts as many events as the window allows, each as early as possible. */
  @Setup(Level.Iteration)
  public void fillWindow() {
    String[] parts = limit.split(":", -1);
    int permits = Integer.parseInt(parts[0]);
    state =
        LimitState.unused(
            LimitSettings.of(
                RateLimit.of(permits).perMinute().withBurst(Integer.parseInt(parts[1]))));
    next = Instant.EPOCH;
    for (int i = 0; i < 2 * permits; i++) {
      var unused = grant();
    }
    if (state.decide(next, 1) instanceof Decision.NotBefore notBefore) {
      next = notBefore.at();
    }
    tooEarly = next.minus(MICROSECOND);
  }

  /** Grants a start now; the next call grants the next one. */
  @Benchmark
  public Instant grant() {
    Decision decision = state.decide(next, 1);
    if (decision instanceof Decision.NotBefore notBefore) {
      next = notBefore.at();
      decision = state.decide(next, 1);
    }
    state = ((Decision.Granted) decision).next();
    return next;
  }

  /** Denies a start. */
  @Benchmark
  public Decision deny() {
    return state.decide(tooEarly, 1);
  }
}
