package io.ratelimit.http.profile;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.http.answer.Answer;
import io.ratelimit.http.answer.AnswerClassifier;
import io.ratelimit.http.answer.Verdict;
import io.ratelimit.http.answer.Verdict.Cause;
import io.ratelimit.http.answer.Verdict.Scope;
import io.ratelimit.http.quota.QuotaReader;
import io.ratelimit.http.quota.RemoteQuota;
import io.ratelimit.http.quota.UsageField;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The profile of an API: what its answers mean, and which fields report its quota. Immutable and
 * thread-safe.
 *
 * <pre>{@code
 * ApiProfile acme =
 *     ApiProfile.named("Acme")
 *         .tooFast(json("/code", "1015"))
 *         .retry(jsonBegins("/message", "busy"))
 *         .fail(json("/ok", "false"))
 *         .usage(QuotaFields.of("X-Acme-Left", "X-Acme-Reset"))
 *         .build();
 * }</pre>
 */
public final class ApiProfile {

  private static final int MOST_USAGE_FIELDS = 16;
  private static final ApiProfile STANDARD = named("HTTP").build();

  private final String name;
  private final AnswerClassifier classifier;
  private final QuotaReader usage;
  private final List<UsageField> usageFields;

  private ApiProfile(Builder builder) {
    this.name = builder.name;
    AnswerClassifier first = answer -> Optional.empty();
    for (AnswerClassifier rule : builder.rules) {
      first = first.orElse(rule);
    }
    this.classifier = first;
    this.usage = builder.usage;
    this.usageFields = List.of();
  }

  private ApiProfile(ApiProfile other, List<UsageField> usageFields) {
    this.name = other.name;
    this.classifier = other.classifier;
    this.usage = other.usage;
    this.usageFields = List.copyOf(usageFields);
    Requirements.count("usage fields", usageFields.size(), 0, MOST_USAGE_FIELDS);
  }

  /**
   * Returns the profile of an API with standard HTTP: {@link AnswerClassifier#byStatus()} and the
   * quota of {@link RemoteQuota#of}.
   */
  public static ApiProfile standard() {
    return STANDARD;
  }

  /**
   * Prepares a profile. Its rules are tried in the order in which they are added; the first that
   * applies decides, and if none applies, {@link AnswerClassifier#byStatus()} does.
   *
   * @param name the name of the API
   * @throws IllegalArgumentException if the name is blank
   */
  public static Builder named(String name) {
    return new Builder(Requirements.notBlank("name", name));
  }

  /** Returns the name of the API. */
  public String name() {
    return name;
  }

  /** Returns what an answer means. */
  public Verdict classify(Answer answer) {
    return classifier
        .orElse(AnswerClassifier.byStatus())
        .classify(answer)
        .orElseThrow(() -> new IllegalStateException("no rule for " + answer));
  }

  /**
   * Returns what an answer says of the API's quota.
   *
   * @param now when it arrived
   */
  public RemoteQuota quota(HttpHeaders headers, Instant now) {
    return usage.read(headers, now);
  }

  /**
   * Returns this profile with a further field in which the API reports how much of a queue's named
   * limit is used. The handler passes it on to the queue, which then lets nothing start that would
   * exceed the limit together with the reported usage; see {@link
   * io.ratelimit.core.handler.AttemptContext#used}.
   *
   * <pre>{@code
   * KnownApis.binance().withUsage("weight", "X-MBX-USED-WEIGHT-1M", Duration.ofMinutes(1))
   * }</pre>
   *
   * @param limit the name of the limit
   * @param field the field; its number counts what the limit counts
   * @param period the period of the limit's window that the field is about
   * @throws IllegalArgumentException if a name is blank, the period is not more than zero, or it is
   *     the seventeenth field
   */
  public ApiProfile withUsage(String limit, String field, Duration period) {
    List<UsageField> more = new ArrayList<>(usageFields);
    more.add(new UsageField(limit, field, period));
    return new ApiProfile(this, more);
  }

  /** Returns the fields that report how much of a queue's named limits is used. */
  public List<UsageField> usageFields() {
    return usageFields;
  }

  @Override
  public String toString() {
    return name;
  }

  /** The rules of a profile. Not thread-safe. */
  public static final class Builder {
    private final String name;
    private final List<AnswerClassifier> rules = new ArrayList<>();
    private QuotaReader usage = QuotaReader.standard();

    private Builder(String name) {
      this.name = name;
    }

    /** Adds a rule in code. */
    @CanIgnoreReturnValue
    public Builder rule(AnswerClassifier rule) {
      rules.add(requireNonNull(rule, "rule"));
      return this;
    }

    private Builder when(Predicate<Answer> condition, Function<Answer, Verdict> verdict) {
      requireNonNull(condition, "condition");
      return rule(
          answer -> condition.test(answer) ? Optional.of(verdict.apply(answer)) : Optional.empty());
    }

    /** Adds a rule: after such an answer, the event is done. */
    @CanIgnoreReturnValue
    public Builder done(Predicate<Answer> condition) {
      return when(condition, answer -> Verdict.done());
    }

    /**
     * Adds a rule: after such an answer, the event is retried, at the time that the API says if it
     * says one.
     */
    @CanIgnoreReturnValue
    public Builder retry(Predicate<Answer> condition) {
      return when(condition, answer -> new Verdict.Retry(answer.quota().retryAfter(), ""));
    }

    /** Adds a rule: such an answer fails its event for good. */
    @CanIgnoreReturnValue
    public Builder fail(Predicate<Answer> condition) {
      return when(condition, answer -> Verdict.fail(""));
    }

    /** Adds a rule: such an answer may concern this event or everyone. */
    @CanIgnoreReturnValue
    public Builder refuse(Predicate<Answer> condition) {
      return when(condition, answer -> new Verdict.Refuse(""));
    }

    /**
     * Adds a rule: such an answer says that requests come too fast. Everyone pauses for as long as
     * {@code Retry-After} says, otherwise until the quota is reset.
     */
    @CanIgnoreReturnValue
    public Builder tooFast(Predicate<Answer> condition) {
      return pause(condition, Cause.TOO_FAST, answer -> Optional.empty());
    }

    /**
     * Adds a rule: the same, but if the answer itself does not say how long, everyone pauses for
     * this time.
     *
     * @throws IllegalArgumentException if the time is not more than zero
     */
    @CanIgnoreReturnValue
    public Builder tooFast(Predicate<Answer> condition, Duration pause) {
      return pause(condition, Cause.TOO_FAST, always(pause));
    }

    /**
     * Adds a rule: such an answer is a ban. Everyone pauses, for this time if the answer itself
     * does not say how long.
     *
     * @throws IllegalArgumentException if the time is not more than zero
     */
    @CanIgnoreReturnValue
    public Builder banned(Predicate<Answer> condition, Duration pause) {
      return pause(condition, Cause.BANNED, always(pause));
    }

    /** Adds a rule: such an answer says that the API is down for everyone. */
    @CanIgnoreReturnValue
    public Builder unavailable(Predicate<Answer> condition) {
      return pause(condition, Cause.UNAVAILABLE, answer -> Optional.empty());
    }

    /** Adds a rule: such an answer says that the API does not accept the credentials. */
    @CanIgnoreReturnValue
    public Builder notAdmitted(Predicate<Answer> condition) {
      return pause(condition, Cause.NOT_ADMITTED, answer -> Optional.empty());
    }

    /**
     * Adds a rule: such an answer pauses everyone.
     *
     * @param cause the reason
     * @param duration how long, if neither {@code Retry-After} nor, for what is too fast, the quota
     *     says so: 0 or more; may be empty
     */
    @CanIgnoreReturnValue
    public Builder pause(
        Predicate<Answer> condition, Cause cause, Function<Answer, Optional<Duration>> duration) {
      return pause(Scope.EVERYONE, condition, cause, duration);
    }

    /**
     * Adds a rule: such an answer pauses only the key of its event, for example the account that
     * the API counts. The handler defines the key ({@code HttpAuditHandler.Builder.key} ); if it
     * does not, everyone pauses.
     *
     * @param cause the reason
     * @param duration how long, if neither {@code Retry-After} nor, for what is too fast, the quota
     *     says so: 0 or more; may be empty
     */
    @CanIgnoreReturnValue
    public Builder pauseKey(
        Predicate<Answer> condition, Cause cause, Function<Answer, Optional<Duration>> duration) {
      return pause(Scope.KEY, condition, cause, duration);
    }

    /**
     * Adds a rule: such an answer says that requests of this key come too fast. The key pauses, for
     * this time if the answer itself does not say how long.
     *
     * @see #pauseKey
     * @throws IllegalArgumentException if the time is not more than zero
     */
    @CanIgnoreReturnValue
    public Builder keyTooFast(Predicate<Answer> condition, Duration pause) {
      return pauseKey(condition, Cause.TOO_FAST, always(pause));
    }

    /**
     * Adds a rule: such an answer bans this key. The key pauses, for this time if the answer itself
     * does not say how long.
     *
     * @see #pauseKey
     * @throws IllegalArgumentException if the time is not more than zero
     */
    @CanIgnoreReturnValue
    public Builder keyBanned(Predicate<Answer> condition, Duration pause) {
      return pauseKey(condition, Cause.BANNED, always(pause));
    }

    private Builder pause(
        Scope scope,
        Predicate<Answer> condition,
        Cause cause,
        Function<Answer, Optional<Duration>> duration) {
      requireNonNull(duration, "duration");
      return when(
          condition,
          answer -> {
            RemoteQuota quota = answer.quota();
            Optional<Duration> said =
                cause == Cause.TOO_FAST || cause == Cause.BANNED
                    ? quota.comeBackAfter()
                    : quota.retryAfter();
            return new Verdict.Pause(scope, cause, said.or(() -> duration.apply(answer)), "");
          });
    }

    private static Function<Answer, Optional<Duration>> always(Duration pause) {
      Optional<Duration> checked = Optional.of(Requirements.positive("pause", pause));
      return answer -> checked;
    }

    /**
     * Adds fields in which the API reports its quota, in addition to those that are always read.
     */
    @CanIgnoreReturnValue
    public Builder usage(QuotaReader reader) {
      usage = usage.and(requireNonNull(reader, "reader"));
      return this;
    }

    /** Creates the profile. */
    public ApiProfile build() {
      return new ApiProfile(this);
    }
  }
}
