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
 * What a round was, as it is kept for later. Immutable, and bounded: no list in it grows with the
 * number of events.
 *
 * <p>What is not known is empty, never zero. {@link Counts} are facts: the queue's store counted
 * them, whoever did the work. What is known only from those who made the attempts is in the {@link
 * Sample}, which says of how many attempts it is.
 *
 * @param id identifies the round: 1 to 64 characters out of {@code A-Z a-z 0-9 _ . -}; see {@link
 *     #idOf}
 * @param queue the name of the queue, as far as it has one; empty text: none. Cut to {@value
 *     #MOST_CHARACTERS} characters
 * @param owner who ran the round: the name of an engine, the id of a manager. Cut to {@value
 *     #MOST_CHARACTERS} characters
 * @param startedAt when it began, by the queue's clock, in whole microseconds
 * @param endedAt when it ended, not before that, in whole microseconds
 * @param deadline how long it was allowed to take, more than zero
 * @param outcome how it ended
 * @param why why its deadline was missed, or it was ended early, as a sentence. Cut to {@value
 *     #MOST_CHARACTERS} characters
 * @param counts what the store counted; empty: it lost its counts meanwhile, or they were not read
 * @param arrivalsByMinute how many events were published in each minute of the round, the first one
 *     from its begin on, at most {@value #MOST_MINUTES} of them: what came later is in the last.
 *     Those that waited at the begin are not among them. Unmodifiable
 * @param types what is known by event type, at most {@value #MOST_TYPES}; unmodifiable
 * @param sample what those told who made the attempts
 * @param limit the limit and its use
 * @param workers how many workers there were
 * @param bound what kept the work from being finished sooner, as shares of the time, each 0 to 1;
 *     empty: not known. Unmodifiable
 * @param notes what else is to be known about these figures, at most {@value #MOST_NOTES}
 *     sentences; unmodifiable
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

  /** The most event types that are told apart. */
  public static final int MOST_TYPES = AttemptTally.MOST_TYPES;

  /** The type that stands for all others, where there are more than are told apart. */
  public static final String OTHER_TYPES = AttemptTally.OTHER_TYPES;

  /** The most minutes that are told apart. */
  public static final int MOST_MINUTES = 60;

  /** The most wallets. */
  public static final int MOST_WALLETS = 10;

  /** The most changes of the limit. */
  public static final int MOST_CHANGES = 50;

  /** The most notes. */
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
    /** Something was. */
    MISSED,
    /** It was ended before its deadline, with something unfinished. */
    CANCELLED
  }

  /**
   * What the queue's store counted from the begin to the end of a round, by whomever. All at least
   * 0.
   *
   * @param backlog how many events were unfinished when it began
   * @param published how many were published meanwhile
   * @param done how many were finished
   * @param failed how many were given up
   * @param remaining how many were unfinished when it ended
   * @param lost how many the store lost
   * @param attempts how many attempts were started
   * @param retries how many failed and were to be made again
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
   * @param backlog how many waited when the round began, as the store counted them; those that were
   *     delayed or in hand are not among them
   * @param arrivalsByMinute how many were published in each minute of the round, as {@link
   *     RoundRecord#arrivalsByMinute}; empty: not all of them were seen. Unmodifiable
   * @param attempts how many attempts of the sample were made at them
   * @param done how many of those finished their event
   * @param failed how many gave it up
   * @param retries how many failed and were to be made again
   * @param processing how long they took, {@linkplain Spread#withoutSums() without sums}; empty:
   *     not told
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
     * Returns how many events of this type came to the round: those that waited when it began, and
     * those published in it; empty: one of them is not known.
     */
    public Optional<Long> arrivals() {
      return arrivalsByMinute.flatMap(minutes -> backlog.map(waiting -> waiting + sum(minutes)));
    }

    /** Returns which share of the attempts failed, 0 to 1; empty: there was none. */
    public Optional<Double> failureRate() {
      return rate(failed + retries, attempts);
    }
  }

  /**
   * The attempts at events of one wallet.
   *
   * @param walletId the wallet
   * @param attempts how many there were
   * @param failures how many of them failed, at most as many
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

    /** Returns which share of them failed, 0 to 1; empty: there was none. */
    public Optional<Double> failureRate() {
      return rate(failures, attempts);
    }
  }

  /**
   * What those told who made the attempts.
   *
   * @param attempts of how many attempts this is, and what is said by type; fewer than the store
   *     counted where others worked on the queue too, or who made them was lost
   * @param waiting how long events waited from publication to their start, {@linkplain
   *     Spread#withoutSums() without sums}; empty: not told
   * @param processing how long attempts took, likewise; empty: not told
   * @param worstWallets the wallets with most failures, at most {@value #MOST_WALLETS}, without
   *     those that had none; empty: not told. Unmodifiable
   */
  public record Sample(
      long attempts,
      Optional<Spread> waiting,
      Optional<Spread> processing,
      Optional<List<OfWallet>> worstWallets) {

    /** Nothing was told. */
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
   * @param normal the normal limit, where it is known
   * @param inForce which limits were in force, in order, the first from the first look at the queue
   *     on; at most {@value #MOST_CHANGES}, the last ones. Unmodifiable
   * @param largestWindow the largest weight of starts in any window; empty: not known
   * @param extraStarts how many permits were spent beyond those that the normal limit offers from
   *     the first look at the queue to the end of the round, rounded down; empty: not known
   */
  public record LimitUse(
      Optional<RateLimit> normal,
      List<InForce> inForce,
      Optional<Long> largestWindow,
      Optional<Long> extraStarts) {

    /** Nothing is known. */
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
   * A limit, from a moment on.
   *
   * @param from the moment, in whole microseconds
   * @param limit the limit
   * @param mode whether it was raised
   */
  public record InForce(Instant from, RateLimit limit, Mode mode) {

    /** Leaves out what is less than a microsecond. */
    public InForce {
      from = from.truncatedTo(ChronoUnit.MICROS);
      requireNonNull(limit, "limit");
      requireNonNull(mode, "mode");
    }
  }

  /**
   * How many workers were asked for.
   *
   * @param most at most
   * @param mean on average over the round
   * @param minutes how many minutes there were of them, all together
   */
  public record Workers(int most, double mean, double minutes) {

    /**
     * Creates figures of workers.
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
   * Copies the collections, cuts the texts, and leaves out of times what is less than a
   * microsecond.
   *
   * @throws IllegalArgumentException if the id has another form, a value is outside its range, or a
   *     list is longer than it may be
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
   * Returns the id of a round: the same for the same round of the same owner on the same queue, so
   * that a round which is recorded again is kept once.
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
   * Returns how long before its deadline the round was finished, negative if it was late; empty:
   * something was left unfinished, or it is not known whether.
   */
  public Optional<Duration> margin() {
    return counts.filter(known -> known.remaining() == 0).map(known -> deadline.minus(elapsed()));
  }

  /**
   * Returns how many events came to the round: those unfinished when it began, and those published
   * in it; empty: not known.
   */
  public Optional<Long> arrivals() {
    return counts.map(known -> known.backlog() + known.published());
  }

  /** Returns which share of all attempts failed, 0 to 1; empty: not known, or there was none. */
  public Optional<Double> failureRate() {
    return counts.flatMap(known -> rate(known.failed() + known.retries(), known.attempts()));
  }

  /**
   * Returns this round as a line of JSON, which {@link #fromJson} reads: in it a version of the
   * form, durations in seconds, times as ISO 8601. At most {@value #MAX_BYTES} bytes in UTF-8:
   * where it would be longer, the sums of durations are left out, and then the types with fewest
   * attempts are counted together.
   */
  public String toJson() {
    return RoundForm.write(this);
  }

  /**
   * Returns the round that a line of JSON holds. Fields that this version does not know are left
   * out.
   *
   * @throws IllegalArgumentException if it is no such line, was cut off, or was written in a later
   *     version of the form
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

  /** A pair of surrogates is not divided: a half could not be written. */
  private static String cut(String text) {
    if (text.length() <= MOST_CHARACTERS) {
      return text;
    }
    boolean divides = Character.isHighSurrogate(text.charAt(MOST_CHARACTERS - 1));
    return text.substring(0, MOST_CHARACTERS - (divides ? 1 : 0));
  }
}
