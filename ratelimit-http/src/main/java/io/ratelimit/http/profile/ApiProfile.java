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
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * How an API speaks: what its answers mean, and in which fields it tells of its quota. Immutable
 * and thread-safe.
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

  private static final ApiProfile STANDARD = named("HTTP").build();

  private final String name;
  private final AnswerClassifier classifier;
  private final QuotaReader usage;

  private ApiProfile(Builder builder) {
    this.name = builder.name;
    AnswerClassifier first = answer -> Optional.empty();
    for (AnswerClassifier rule : builder.rules) {
      first = first.orElse(rule);
    }
    this.classifier = first;
    this.usage = builder.usage;
  }

  /**
   * Returns the profile of an API that speaks HTTP as it is meant: {@link
   * AnswerClassifier#byStatus()} and the quota of {@link RemoteQuota#of}.
   */
  public static ApiProfile standard() {
    return STANDARD;
  }

  /**
   * Prepares a profile. Its rules are asked in the order in which they are added; the first that
   * has something to say decides, and if none has, {@link AnswerClassifier#byStatus()} does.
   *
   * @param name what people call the API
   * @throws IllegalArgumentException if the name is blank
   */
  public static Builder named(String name) {
    return new Builder(Requirements.notBlank("name", name));
  }

  /** Returns what people call the API. */
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
   * @param now when it came
   */
  public RemoteQuota quota(HttpHeaders headers, Instant now) {
    return usage.read(headers, now);
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

    /** Adds a rule: with such an answer the event is done. */
    @CanIgnoreReturnValue
    public Builder done(Predicate<Answer> condition) {
      return when(condition, answer -> Verdict.done());
    }

    /** Adds a rule: after such an answer another attempt is made, when the API says so. */
    @CanIgnoreReturnValue
    public Builder retry(Predicate<Answer> condition) {
      return when(condition, answer -> new Verdict.Retry(answer.quota().retryAfter(), ""));
    }

    /** Adds a rule: such an answer fails its event for good. */
    @CanIgnoreReturnValue
    public Builder fail(Predicate<Answer> condition) {
      return when(condition, answer -> Verdict.fail(""));
    }

    /** Adds a rule: such an answer may be the event's own fault or everybody's. */
    @CanIgnoreReturnValue
    public Builder refuse(Predicate<Answer> condition) {
      return when(condition, answer -> new Verdict.Refuse(""));
    }

    /**
     * Adds a rule: such an answer says that requests come too fast. Everyone pauses for as long as
     * {@code Retry-After} says, else until the quota is reset.
     */
    @CanIgnoreReturnValue
    public Builder tooFast(Predicate<Answer> condition) {
      return pause(condition, Cause.TOO_FAST, answer -> Optional.empty());
    }

    /**
     * Adds a rule: the same, and if the answer itself does not say for how long, everyone pauses
     * for this time.
     *
     * @throws IllegalArgumentException if the time is not more than zero
     */
    @CanIgnoreReturnValue
    public Builder tooFast(Predicate<Answer> condition, Duration pause) {
      return pause(condition, Cause.TOO_FAST, always(pause));
    }

    /**
     * Adds a rule: such an answer is a ban, which everyone waits for, so long if the answer itself
     * does not say.
     *
     * @throws IllegalArgumentException if the time is not more than zero
     */
    @CanIgnoreReturnValue
    public Builder banned(Predicate<Answer> condition, Duration pause) {
      return pause(condition, Cause.BANNED, always(pause));
    }

    /** Adds a rule: such an answer says that the API is down for everybody. */
    @CanIgnoreReturnValue
    public Builder unavailable(Predicate<Answer> condition) {
      return pause(condition, Cause.UNAVAILABLE, answer -> Optional.empty());
    }

    /** Adds a rule: such an answer says that the API does not accept who we are. */
    @CanIgnoreReturnValue
    public Builder notAdmitted(Predicate<Answer> condition) {
      return pause(condition, Cause.NOT_ADMITTED, answer -> Optional.empty());
    }

    /**
     * Adds a rule: such an answer pauses everyone.
     *
     * @param cause whether that is a matter of speed
     * @param duration how long, if neither {@code Retry-After} nor, for what is too fast, the quota
     *     says so: 0 or more; may be empty
     */
    @CanIgnoreReturnValue
    public Builder pause(
        Predicate<Answer> condition, Cause cause, Function<Answer, Optional<Duration>> duration) {
      return pause(Scope.EVERYONE, condition, cause, duration);
    }

    /**
     * Adds a rule: such an answer pauses the key of its event alone, for example the account that
     * the API counts for. Which key that is, the handler says ({@code HttpAuditHandler.Builder.key}
     * ); if it does not, everyone pauses.
     *
     * @param cause whether that is a matter of speed
     * @param duration how long, if neither {@code Retry-After} nor, for what is too fast, the quota
     *     says so: 0 or more; may be empty
     */
    @CanIgnoreReturnValue
    public Builder pauseKey(
        Predicate<Answer> condition, Cause cause, Function<Answer, Optional<Duration>> duration) {
      return pause(Scope.KEY, condition, cause, duration);
    }

    /**
     * Adds a rule: such an answer says that requests of this key come too fast, which waits for so
     * long if the answer itself does not say.
     *
     * @see #pauseKey
     * @throws IllegalArgumentException if the time is not more than zero
     */
    @CanIgnoreReturnValue
    public Builder keyTooFast(Predicate<Answer> condition, Duration pause) {
      return pauseKey(condition, Cause.TOO_FAST, always(pause));
    }

    /**
     * Adds a rule: such an answer bans this key, which waits for so long if the answer itself does
     * not say.
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

    /** Adds fields in which the API tells of its quota, to those that are read anyway. */
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
