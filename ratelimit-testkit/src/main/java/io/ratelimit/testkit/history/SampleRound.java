package io.ratelimit.testkit.history;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Builds records of rounds for tests of what keeps, shows or learns from them. Unless something
 * else is set, a round of the queue {@code audits} met its deadline of three minutes by ten
 * seconds, and nothing else is known of it. Not thread-safe.
 */
public final class SampleRound {

  private final String id;
  private final Instant endedAt;
  private String queue = "audits";
  private String owner = "engine";
  private Duration elapsed = Duration.ofSeconds(170);
  private Duration deadline = Duration.ofMinutes(3);
  private RoundRecord.Outcome outcome = RoundRecord.Outcome.MET;
  private Optional<String> why = Optional.empty();
  private Optional<RoundRecord.Counts> counts = Optional.empty();
  private Optional<List<Long>> arrivalsByMinute = Optional.empty();
  private List<RoundRecord.OfType> types = List.of();
  private RoundRecord.Sample sample = RoundRecord.Sample.NONE;
  private RoundRecord.LimitUse limit = RoundRecord.LimitUse.NONE;
  private Optional<RoundRecord.Workers> workers = Optional.empty();
  private Map<Constraint, Double> bound = Map.of();
  private List<String> notes = List.of();

  private SampleRound(String id, Instant endedAt) {
    this.id = requireNonNull(id, "id");
    this.endedAt = requireNonNull(endedAt, "endedAt");
  }

  /** Begins a round that ended at a time. */
  public static SampleRound ended(String id, Instant endedAt) {
    return new SampleRound(id, endedAt);
  }

  /** Sets the name of the queue, and who ran the round. */
  @CanIgnoreReturnValue
  public SampleRound of(String newQueue, String newOwner) {
    this.queue = newQueue;
    this.owner = newOwner;
    return this;
  }

  /** Sets how long it took. */
  @CanIgnoreReturnValue
  public SampleRound took(Duration newElapsed) {
    this.elapsed = newElapsed;
    return this;
  }

  /** Sets how long it was allowed to take. */
  @CanIgnoreReturnValue
  public SampleRound deadline(Duration newDeadline) {
    this.deadline = newDeadline;
    return this;
  }

  /** Sets how it ended. */
  @CanIgnoreReturnValue
  public SampleRound outcome(RoundRecord.Outcome newOutcome) {
    this.outcome = newOutcome;
    return this;
  }

  /** Sets that it missed its deadline, and why. */
  @CanIgnoreReturnValue
  public SampleRound missed(String newWhy) {
    this.why = Optional.of(newWhy);
    return outcome(RoundRecord.Outcome.MISSED);
  }

  /** Sets what the store counted. */
  @CanIgnoreReturnValue
  public SampleRound counts(RoundRecord.Counts newCounts) {
    this.counts = Optional.of(newCounts);
    return this;
  }

  /** Sets how many events were published in each minute. */
  @CanIgnoreReturnValue
  public SampleRound arrivals(Long... byMinute) {
    this.arrivalsByMinute = Optional.of(List.of(byMinute));
    return this;
  }

  /** Sets what is known by event type. */
  @CanIgnoreReturnValue
  public SampleRound types(RoundRecord.OfType... newTypes) {
    this.types = List.of(newTypes);
    return this;
  }

  /** Sets what those told who made the attempts. */
  @CanIgnoreReturnValue
  public SampleRound sample(RoundRecord.Sample newSample) {
    this.sample = newSample;
    return this;
  }

  /** Sets the limit and its use. */
  @CanIgnoreReturnValue
  public SampleRound limit(RoundRecord.LimitUse newLimit) {
    this.limit = newLimit;
    return this;
  }

  /** Sets how many workers there were. */
  @CanIgnoreReturnValue
  public SampleRound workers(RoundRecord.Workers newWorkers) {
    this.workers = Optional.of(newWorkers);
    return this;
  }

  /** Sets what kept the work from being finished sooner, as shares of the time. */
  @CanIgnoreReturnValue
  public SampleRound bound(Map<Constraint, Double> newBound) {
    this.bound = newBound;
    return this;
  }

  /** Sets what else is to be known. */
  @CanIgnoreReturnValue
  public SampleRound notes(List<String> newNotes) {
    this.notes = newNotes;
    return this;
  }

  /**
   * Returns the round.
   *
   * @throws IllegalArgumentException if it is none that can be kept
   */
  public RoundRecord build() {
    return new RoundRecord(
        id,
        queue,
        owner,
        endedAt.minus(elapsed),
        endedAt,
        deadline,
        outcome,
        why,
        counts,
        arrivalsByMinute,
        types,
        sample,
        limit,
        workers,
        bound,
        notes);
  }
}
