package io.ratelimit.http.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.http.answer.Answer;
import io.ratelimit.http.answer.Answers;
import io.ratelimit.http.feedback.QuotaAction;
import io.ratelimit.http.feedback.QuotaPolicy;
import io.ratelimit.http.feedback.QuotaState;
import io.ratelimit.http.feedback.Slowdown;
import io.ratelimit.http.profile.ApiProfile;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** Laws that hold whatever an API sends. */
class RemoteQuotaProperties {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final RateLimit LIMIT =
      RateLimit.of(20).perMinute().withMargin(Duration.ofSeconds(1));

  @Provide
  Arbitrary<List<String>> hostileLines() {
    Arbitrary<String> names =
        Arbitraries.of(
            "Retry-After",
            "Date",
            "Age",
            "RateLimit",
            "RateLimit-Policy",
            "RateLimit-Limit",
            "RateLimit-Remaining",
            "RateLimit-Reset",
            "X-RateLimit-Limit",
            "X-RateLimit-Remaining",
            "X-RateLimit-Reset",
            "X-RateLimit-Reset-After",
            "X-Rate-Limit-Remaining",
            "X-Rate-Limit-Reset",
            "X-RateLimit-Requests-Remaining",
            "X-RateLimit-Requests-Reset",
            "X-Bapi-Limit-Status",
            "X-Bapi-Limit-Reset-Timestamp",
            "gw-ratelimit-remaining",
            "gw-ratelimit-reset");
    Arbitrary<String> numbers =
        Arbitraries.oneOf(
            Arbitraries.longs().map(String::valueOf),
            Arbitraries.doubles().map(String::valueOf),
            Arbitraries.of(
                "",
                "NaN",
                "-0",
                "1e400",
                "9".repeat(300),
                "3, 5",
                "0",
                Fields.DATE,
                "+1000000000-12-31T23:59:59Z",
                "2026-01-01T00:00:05+18:00"));
    Arbitrary<String> fields =
        Combinators.combine(numbers, numbers)
            .as((one, other) -> "\"a\";q=" + one + ";r=" + one + ";w=" + other + ";t=" + other);
    Arbitrary<String> values =
        Arbitraries.oneOf(
            numbers,
            fields,
            Arbitraries.strings().ofMaxLength(40),
            Arbitraries.strings().withChars("\"();=,:?*@%.-0123456789aqrtw ").ofMaxLength(30));
    return Combinators.combine(names, values)
        .as((name, value) -> name + ": " + value)
        .list()
        .ofMaxSize(4);
  }

  @Property
  void readingNeverThrowsAndTimesAreInRange(@ForAll("hostileLines") List<String> lines) {
    RemoteQuota quota = RemoteQuota.of(Fields.of(lines.toArray(String[]::new)), NOW);

    assertThat(quota.retryAfter().stream())
        .allSatisfy(time -> assertThat(time).isBetween(Duration.ZERO, RemoteQuota.LONGEST));
    assertThat(quota.policies())
        .allSatisfy(
            policy -> {
              assertThat(policy.requests()).isPositive();
              assertThat(policy.window()).isPositive();
            });
    assertThat(quota.remaining())
        .allSatisfy(
            left -> {
              assertThat(left.requests()).isNotNegative();
              assertThat(left.reset().stream())
                  .allSatisfy(
                      time -> assertThat(time).isBetween(Duration.ZERO, RemoteQuota.LONGEST));
            });
  }

  @Property(tries = 300)
  void nothingThatAnApiSendsMakesTheLimitFaster(
      @ForAll @Size(max = 8) List<@From("hostileLines") List<String>> answers,
      @ForAll @Size(8) List<@IntRange(min = 200, max = 503) Integer> statuses) {
    QuotaPolicy policy = new QuotaPolicy(Duration.ofSeconds(1));
    QuotaState state = QuotaState.of(LIMIT);
    LimitSettings settings = LimitSettings.of(LIMIT);
    Instant now = NOW;
    for (int i = 0; i < Math.min(answers.size(), statuses.size()); i++) {
      now = now.plusSeconds(2);
      String[] lines = answers.get(i).toArray(String[]::new);
      ApiProfile api = ApiProfile.standard();
      Answer answer = Answers.at(api, now.minusMillis(100), now, statuses.get(i), "", lines);
      QuotaPolicy.Decision decision = policy.decide(state, settings, answer, api.classify(answer));
      for (QuotaAction action : decision.actions()) {
        if (action instanceof QuotaAction.ChangeLimit change) {
          settings = settings.withNormal(change.limit());
        } else {
          assertThat(((QuotaAction.Pause) action).duration())
              .isBetween(Duration.ofNanos(1), RemoteQuota.LONGEST);
        }
      }
      state = decision.state();
      assertThat(settings.normal().isFasterThan(LIMIT)).isFalse();
      assertThat(settings.normal().permits()).isEqualTo(LIMIT.permits());
      assertThat(state.ceiling()).isEqualTo(LIMIT);
    }
  }

  @Property
  void policiesAndWhatIsLeftAreReadBackAsTheyWereWritten(
      @ForAll @LongRange(min = 1, max = 999_999_999_999_999L) long requests,
      @ForAll @IntRange(min = 1, max = 604_800) int seconds) {
    RemoteQuota quota =
        RemoteQuota.of(
            Fields.of(
                "RateLimit-Policy: \"a b\";q=" + requests + ";w=" + seconds,
                "RateLimit: \"a b\";r=" + requests + ";t=" + seconds),
            NOW);

    assertThat(quota.policies())
        .containsExactly(new RemoteQuota.Policy("a b", requests, Duration.ofSeconds(seconds)));
    assertThat(quota.remaining())
        .containsExactly(
            new RemoteQuota.Remaining(
                "a b", requests, java.util.Optional.of(Duration.ofSeconds(seconds))));
  }

  /** A limit lowered to a policy never starts more than the policy allows. */
  @Property
  void aSlowedLimitObeysThePolicy(
      @ForAll @IntRange(min = 1, max = 10_000) int permits,
      @ForAll @IntRange(min = 1, max = 3_600) int periodSeconds,
      @ForAll @IntRange(min = 1, max = 10_000) int burst,
      @ForAll @IntRange(min = 0, max = 5) int marginSeconds,
      @ForAll @IntRange(min = 1, max = 10_000) int requests,
      @ForAll @IntRange(min = 1, max = 600) int windowSeconds) {
    RateLimit limit =
        RateLimit.of(permits)
            .per(Duration.ofSeconds(periodSeconds))
            .withBurst(Math.min(burst, permits))
            .withMargin(Duration.ofSeconds(marginSeconds));
    RemoteQuota.Policy policy =
        new RemoteQuota.Policy("", requests, Duration.ofSeconds(windowSeconds));

    RateLimit slowed = Slowdown.obeying(policy, limit);

    assertThat(Slowdown.isFormOf(slowed, limit)).isTrue();
    if (slowed.period().equals(Duration.ofDays(31))) {
      // Slower than any possible limit.
      return;
    }
    if (slowed.burst() == 1) {
      // Evenly spaced: request n + 1 comes n intervals after the first.
      double interval = slowed.secondsPerPermit();
      assertThat(requests * interval).isGreaterThanOrEqualTo(windowSeconds * (1 - 1e-9));
    }
    assertThat(Slowdown.obeying(policy, slowed)).isEqualTo(slowed);
  }
}
