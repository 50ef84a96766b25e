package io.ratelimit.core.history;

import static io.ratelimit.core.internal.check.Requirements.notNegative;
import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.internal.history.RoundForm;
import io.ratelimit.core.internal.report.AttemptTally;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.report.Spread;
import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The record of a round that a history keeps. Immutable and bounded: no list in it grows with the
 * number of events.
 *
 * <p>Unknown values are empty, never zero. {@link Counts} are facts: the queue's store counted
 * them, whoever did the work. The {@link Sample} holds what is known only from those who made the
 * attempts, and says how many attempts it covers.
 *
 * @param id identifies the round: 1 to 64 characters out of {@code A-Z a-z 0-9 _ . -}; see {@link
 *     #idOf}
 * @param queue the name of the queue, or an empty text if it has none. Cut to {@value
 *     #MOST_CHARACTERS} characters
 * @param owner who ran the round: the name of an engine, the id of a manager. Cut to {@value
 *     #MOST_CHARACTERS} characters
 * @param startedAt when the round began, by the queue's clock, in whole microseconds
 * @param endedAt when the round ended, not before {@code startedAt}, in whole microseconds
 * @param deadline how long the round was allowed to take, more than zero
 * @param outcome how the round ended
 * @param why why the round missed its deadline or ended early, as a sentence. Cut to {@value
 *     #MOST_CHARACTERS} characters
 * @param counts what the store counted; empty if it lost its counts during the round, or if they
 *     were not read
 * @param arrivalsByMinute how many events were published in each minute of the round, counted from
 *     its beginning, at most {@value #MOST_MINUTES} minutes: the last minute includes all later
 *     events. Events that waited at the beginning do not count. Unmodifiable
 * @param types what is known by event type, at most {@value #MOST_TYPES} types; unmodifiable
 * @param sample what was reported by those who made the attempts
 * @param limit the limit and its use
 * @param workers how many workers there were
 * @param bound what kept the work from finishing sooner, as shares of the time, each 0 to 1; empty
 *     if unknown. Unmodifiable
 * @param notes further information about these figures, at most {@value #MOST_NOTES} sentences;
 *     unmodifiable
 */
public record RoundRecord(
    String id,
    String queue,
    String owner,
    Instant startedAt,
    Instant endedAt,
    Duration deadline,
    Outcome outcome,
    Optional<String> why,
    Optional<Counts> counts,
    Optional<List<Long>> arrivalsByMinute,
    List<OfType> types,
    Sample sample,
    LimitUse limit,
    Optional<Workers> workers,
    Map<Constraint, Double> bound,
    List<String> notes) {

  /** The most event types listed separately. */
  public static final int MOST_TYPES = AttemptTally.MOST_TYPES;

  /** The type that stands for all others if there are too many to list separately. */
  public static final String OTHER_TYPES = AttemptTally.OTHER_TYPES;

  /** The most minutes listed separately. */
  public static final int MOST_MINUTES = 60;

  /** The most wallets in a sample. */
  public static final int MOST_WALLETS = 10;

  /** The most changes of the limit in a record. */
  public static final int MOST_CHANGES = 50;

  /** The most notes in a record. */
  public static final int MOST_NOTES = 10;

  /** The most characters of a text. */
  public static final int MOST_CHARACTERS = 300;

  /** The longest line that {@link #toJson} writes, in bytes of UTF-8: 64 KiB. */
  public static final int MAX_BYTES = 1 << 16;

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
  private static final int ID_BYTES = 16;

  /** How a round ended. */
  public enum Outcome {
    /** Nothing was left unfinished at the deadline. */
    MET,
    /** Something was left unfinished at the deadline. */
    MISSED,
    /** The round was ended before its deadline, with something unfinished. */
    CANCELLED
  }

  /**
   * What the queue's store counted from the beginning to the end of a round, whoever did the work.
   * All counts are at least 0.
   *
   * @param backlog how many events were unfinished when the round began
   * @param published how many events were published during the round
   * @param done how many events were finished
   * @param failed how many events were given up
   * @param remaining how many events were unfinished when the round ended
   * @param lost how many events the store lost
   * @param attempts how many attempts were started
   * @param retries how many attempts failed and were scheduled for a retry
   */
  public record Counts(
      long backlog,
      long published,
      long done,
      long failed,
      long remaining,
      long lost,
      long attempts,
      long retries) {

    /**
     * Creates counts.
     *
     * @throws IllegalArgumentException if one is negative
     */
    public Counts {
      notNegative("backlog", backlog);
      notNegative("published", published);
      notNegative("done", done);
      notNegative("failed", failed);
      notNegative("remaining", remaining);
      notNegative("lost", lost);
      notNegative("attempts", attempts);
      notNegative("retries", retries);
    }
  }

  /**
   * What is known of the events of one type.
   *
   * @param type the name of the type, or {@link #OTHER_TYPES}
   * @param backlog how many events were pending when the round began, by the store's count; delayed
   *     and leased events do not count
   * @param arrivalsByMinute how many events were published in each minute of the round, like {@link
   *     RoundRecord#arrivalsByMinute}; empty unless all of them were seen. Unmodifiable
   * @param attempts how many attempts of the sample were made at these events
   * @param done how many attempts finished their event
   * @param failed how many attempts gave their event up
   * @param retries how many attempts failed and were scheduled for a retry
   * @param processing how long the attempts took, {@linkplain Spread#withoutSums() without sums};
   *     empty if not reported
   */
  public record OfType(
      String type,
      Optional<Long> backlog,
      Optional<List<Long>> arrivalsByMinute,
      long attempts,
      long done,
      long failed,
      long retries,
      Optional<Spread> processing) {

    /**
     * Copies the list.
     *
     * @throws IllegalArgumentException if a count is negative, or there are too many minutes
     */
    public OfType {
      type = cut(requireNonNull(type, "type"));
      backlog.ifPresent(count -> notNegative("backlog", count));
      arrivalsByMinute = minutes(arrivalsByMinute);
      notNegative("attempts", attempts);
      notNegative("done", done);
      notNegative("failed", failed);
      notNegative("retries", retries);
      processing = processing.map(Spread::withoutSums);
    }

    /**
     * Returns how many events of this type came to the round: those pending when it began and those
     * published during it; empty if either is unknown.
     */
    public Optional<Long> arrivals() {
      return arrivalsByMinute.flatMap(minutes -> backlog.map(waiting -> waiting + sum(minutes)));
    }

    /** Returns the share of the attempts that failed, 0 to 1; empty if there were none. */
    public Optional<Double> failureRate() {
      return rate(failed + retries, attempts);
    }
  }

  /**
   * The attempts at events of one wallet.
   *
   * @param walletId the wallet
   * @param attempts how many attempts there were
   * @param failures how many of them failed, at most {@code attempts}
   */
  public record OfWallet(String walletId, long attempts, long failures) {

    /**
     * Creates the attempts of a wallet.
     *
     * @throws IllegalArgumentException unless 0 ≤ failures ≤ attempts
     */
    public OfWallet {
      walletId = cut(requireNonNull(walletId, "walletId"));
      notNegative("failures", failures);
      notNegative("attempts that did not fail", attempts - failures);
    }

    /** Returns the share of the attempts that failed, 0 to 1; empty if there were none. */
    public Optional<Double> failureRate() {
      return rate(failures, attempts);
    }
  }

  /**
   * What was reported by those who made the attempts.
   *
   * @param attempts how many attempts this sample and the figures by type cover; fewer than the
   *     store counted if others also worked on the queue, or if workers were lost
   * @param waiting how long events waited from publication to their start, {@linkplain
   *     Spread#withoutSums() without sums}; empty if not reported
   * @param processing how long attempts took, likewise; empty if not reported
   * @param worstWallets the wallets with the most failures, at most {@value #MOST_WALLETS}, without
   *     those that had none; empty if not reported. Unmodifiable
   */
  public record Sample(
      long attempts,
      Optional<Spread> waiting,
      Optional<Spread> processing,
      Optional<List<OfWallet>> worstWallets) {

    /** A sample of no attempts. */
    public static final Sample NONE =
        new Sample(0, Optional.empty(), Optional.empty(), Optional.empty());

    /**
     * Copies the list.
     *
     * @throws IllegalArgumentException if the count is negative, or there are too many wallets
     */
    public Sample {
      notNegative("attempts", attempts);
      waiting = waiting.map(Spread::withoutSums);
      processing = processing.map(Spread::withoutSums);
      worstWallets =
          worstWallets.map(
              wallets -> {
                Requirements.count("wallets", wallets.size(), 0, MOST_WALLETS);
                return List.copyOf(wallets);
              });
    }
  }

  /**
   * The limit of a round, and its use.
   *
   * @param normal the normal limit, if known
   * @param inForce the limits in force, in order, from the first reading of the queue on; only the
   *     last {@value #MOST_CHANGES}. Unmodifiable
   * @param largestWindow the largest weight of starts in any window; empty if unknown
   * @param extraStarts how many permits were spent beyond those that the normal limit offers from
   *     the first reading of the queue to the end of the round, rounded down; empty if unknown
   */
  public record LimitUse(
      Optional<RateLimit> normal,
      List<InForce> inForce,
      Optional<Long> largestWindow,
      Optional<Long> extraStarts) {

    /** A limit of which nothing is known. */
    public static final LimitUse NONE =
        new LimitUse(Optional.empty(), List.of(), Optional.empty(), Optional.empty());

    /**
     * Copies the list.
     *
     * @throws IllegalArgumentException if a count is negative, or there are too many changes
     */
    public LimitUse {
      requireNonNull(normal, "normal");
      Requirements.count("changes of the limit", inForce.size(), 0, MOST_CHANGES);
      inForce = List.copyOf(inForce);
      largestWindow.ifPresent(count -> notNegative("largest window", count));
      extraStarts.ifPresent(count -> notNegative("extra starts", count));
    }
  }

  /**
   * A limit and the moment from which it was in force.
   *
   * @param from the moment, in whole microseconds
   * @param limit the limit
   * @param mode whether it was raised
   */
  public record InForce(Instant from, RateLimit limit, Mode mode) {

    /** Truncates the moment to microseconds. */
    public InForce {
      from = from.truncatedTo(ChronoUnit.MICROS);
      requireNonNull(limit, "limit");
      requireNonNull(mode, "mode");
    }
  }

  /**
   * How many workers were asked for.
   *
   * @param most the largest number
   * @param mean the average over the round
   * @param minutes the total time of all workers, in minutes
   */
  public record Workers(int most, double mean, double minutes) {

    /**
     * Creates the figures.
     *
     * @throws IllegalArgumentException if one is negative or not a number
     */
    public Workers {
      Requirements.atLeast("the most workers", most, 0);
      Requirements.between("mean number of workers", mean, 0, Integer.MAX_VALUE);
      Requirements.between("minutes of workers", minutes, 0, Integer.MAX_VALUE);
    }
  }

  /**
   * Copies the collections, cuts the texts, and truncates times to microseconds.
   *
   * @throws IllegalArgumentException if the id does not have the required form, a value is outside
   *     its range, or a list is too long
   */
  public RoundRecord {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException(
          "the id of a round must be 1 to 64 characters out of A-Z a-z 0-9 _ . - but is "
              + Printable.quoted(id));
    }
    queue = cut(requireNonNull(queue, "queue"));
    owner = cut(requireNonNull(owner, "owner"));
    startedAt = startedAt.truncatedTo(ChronoUnit.MICROS);
    endedAt = endedAt.truncatedTo(ChronoUnit.MICROS);
    if (endedAt.isBefore(startedAt)) {
      throw new IllegalArgumentException(
          "a round must not end before it begins but begins " + startedAt + ", ends " + endedAt);
    }
    deadline = Requirements.positive("deadline", deadline);
    requireNonNull(outcome, "outcome");
    why = why.map(RoundRecord::cut);
    requireNonNull(counts, "counts");
    arrivalsByMinute = minutes(arrivalsByMinute);
    Requirements.count("event types", types.size(), 0, MOST_TYPES);
    types = List.copyOf(types);
    requireNonNull(sample, "sample");
    requireNonNull(limit, "limit");
    requireNonNull(workers, "workers");
    Map<Constraint, Double> shares = new EnumMap<>(Constraint.class);
    bound.forEach(
        (constraint, share) -> {
          Requirements.between("share of " + constraint, share, 0, 1);
          shares.put(constraint, share);
        });
    bound = Collections.unmodifiableMap(shares);
    Requirements.count("notes", notes.size(), 0, MOST_NOTES);
    notes = notes.stream().map(RoundRecord::cut).toList();
  }

  /**
   * Returns the id of a round. The same round of the same owner on the same queue always has the
   * same id, so a round recorded twice is kept once.
   */
  public static String idOf(String queue, String owner, Instant startedAt) {
    String text = queue + '\n' + owner + '\n' + startedAt.truncatedTo(ChronoUnit.MICROS);
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, ID_BYTES);
    } catch (NoSuchAlgorithmException impossible) {
      throw new LinkageError("every Java has SHA-256", impossible);
    }
  }

  /** Returns how long the round took. */
  public Duration elapsed() {
    return Duration.between(startedAt, endedAt);
  }

  /**
   * Returns how long before its deadline the round finished; negative if it was late. Empty if
   * events were left unfinished, or if that is unknown.
   */
  public Optional<Duration> margin() {
    return counts.filter(known -> known.remaining() == 0).map(known -> deadline.minus(elapsed()));
  }

  /**
   * Returns how many events came to the round: those unfinished when it began and those published
   * during it; empty if unknown.
   */
  public Optional<Long> arrivals() {
    return counts.map(known -> known.backlog() + known.published());
  }

  /**
   * Returns the share of all attempts that failed, 0 to 1; empty if unknown or if there were none.
   */
  public Optional<Double> failureRate() {
    return counts.flatMap(known -> rate(known.failed() + known.retries(), known.attempts()));
  }

  /**
   * Returns this round as a line of JSON that {@link #fromJson} reads. It contains a version of the
   * format, durations in seconds, and times in ISO 8601. It has at most {@value #MAX_BYTES} bytes
   * in UTF-8: if it would be longer, the types with the fewest attempts are counted together.
   */
  public String toJson() {
    return RoundForm.write(this);
  }

  /**
   * Returns the round in a line of JSON. Ignores fields that this version does not know.
   *
   * @throws IllegalArgumentException if the line is not a round, was cut off, or was written in a
   *     later version of the format
   */
  public static RoundRecord fromJson(String line) {
    return RoundForm.read(line);
  }

  private static Optional<Double> rate(long part, long whole) {
    return whole == 0 ? Optional.empty() : Optional.of(Math.min(1, (double) part / whole));
  }

  private static long sum(List<Long> counts) {
    return counts.stream().mapToLong(Long::longValue).sum();
  }

  private static Optional<List<Long>> minutes(Optional<List<Long>> minutes) {
    return minutes.map(
        counts -> {
          Requirements.count("minutes", counts.size(), 0, MOST_MINUTES);
          counts.forEach(count -> notNegative("arrivals", count));
          return List.copyOf(counts);
        });
  }

  /** Never divides a surrogate pair: half of one cannot be encoded. */
  private static String cut(String text) {
    if (text.length() <= MOST_CHARACTERS) {
      return text;
    }
    boolean divides = Character.isHighSurrogate(text.charAt(MOST_CHARACTERS - 1));
    return text.substring(0, MOST_CHARACTERS - (divides ? 1 : 0));
  }
}
