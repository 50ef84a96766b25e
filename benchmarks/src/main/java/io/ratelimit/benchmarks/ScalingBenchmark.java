package io.ratelimit.benchmarks;

import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.EventTypes;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.plan.Backlog;
import io.ratelimit.core.plan.Plan;
import io.ratelimit.core.plan.PlanRequest;
import io.ratelimit.core.plan.Planner;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingInput;
import io.ratelimit.core.scaling.ScalingPolicy;
import io.ratelimit.core.scaling.WorkerRange;
import io.ratelimit.core.scaling.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Scaling decisions for a round of 108 events in 3 minutes, and plans for larger rounds. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ScalingBenchmark {

  private static final RateLimit LIMIT = RateLimit.of(20).perMinute();
  private static final RateLimit CEILING = RateLimit.of(60).perMinute();
  private static final Duration DEADLINE = Duration.ofMinutes(3);

  private final ScalingPolicy policy = ScalingPolicy.standard();
  private final ScalingInput calm = input(20);
  private final ScalingInput emergency = input(108).withEmergencyLimit(CEILING);

  private static PlanRequest request(int events, int permits) {
    return new PlanRequest(
        Backlog.of(EventType.of("AUDIT"), events),
        RateLimit.of(permits).perMinute(),
        RoundTerms.DEFAULT
            .withDeadline(DEADLINE)
            .withWorkers(new WorkerRange(1, Math.max(10, events / 10)))
            .withEmergencyLimit(RateLimit.of(3 * permits).perMinute()));
  }

  private static ScalingInput input(long events) {
    Map<EventType, Long> mix = new HashMap<>();
    long left = events;
    for (EventType type : EventTypes.standard().all()) {
      mix.put(type, Math.min(left, events / 4));
      left -= mix.getOrDefault(type, 0L);
    }
    return ScalingInput.of(Instant.EPOCH, Workload.of(mix), DEADLINE, LIMIT, WorkerRange.DEFAULT);
  }

  /** Decides while the deadline is safe. */
  @Benchmark
  public ScalingDecision decide() {
    return policy.decide(calm);
  }

  /** Decides when the limit must be raised. */
  @Benchmark
  public ScalingDecision decideEmergency() {
    return policy.decide(emergency);
  }

  /** Plans a round under about half the limit that it needs. */
  @Benchmark
  public Plan plan(Round round) {
    return Planner.plan(round.request);
  }

  /** The planned round: at most 1,000 attempts are scheduled one by one. */
  @State(Scope.Benchmark)
  public static class Round {
    /** The number of its events. */
    @Param({"108", "1000", "1000000"})
    public int events;

    private PlanRequest request;

    /** Creates the request. */
    @Setup
    public void make() {
      request = ScalingBenchmark.request(events, events * 20 / 108);
    }
  }
}
