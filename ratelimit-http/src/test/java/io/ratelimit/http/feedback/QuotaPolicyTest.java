package io.ratelimit.http.feedback;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.LimitSettings.Demand;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.http.answer.Answer;
import io.ratelimit.http.answer.Answers;
import io.ratelimit.http.answer.Verdict;
import io.ratelimit.http.answer.Verdict.Cause;
import io.ratelimit.http.profile.ApiProfile;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Scenes of a queue and of the processes that share it. */
class QuotaPolicyTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final RateLimit LIMIT = RateLimit.of(80).perMinute();
  private static final String POLICY_20 = "RateLimit-Policy: \"default\";q=20;w=60";
  private static final String POLICY_40 = "RateLimit-Policy: \"default\";q=40;w=60";
  private static final String POLICY_100 = "RateLimit-Policy: \"default\";q=100;w=60";

  private LimitSettings settings = LimitSettings.of(LIMIT);

  /** A process with its own memory, on the shared queue. */
  private final class Sharer {
    private final QuotaPolicy policy = new QuotaPolicy(Duration.ofMinutes(1));
    private QuotaState state;

    Sharer(RateLimit configured) {
      state = QuotaState.of(configured);
    }

    List<QuotaAction> sees(int sentAt, int answeredAt, int status, String... lines) {
      Instant now = START.plusSeconds(answeredAt);
      ApiProfile api = ApiProfile.standard();
      Answer answer = Answers.at(api, START.plusSeconds(sentAt), now, status, "", lines);
      QuotaPolicy.Decision decision = policy.decide(state, settings, answer, api.classify(answer));
      state = decision.state();
      for (QuotaAction action : decision.actions()) {
        if (action instanceof QuotaAction.ChangeLimit change) {
          settings = settings.withNormal(change.limit());
        }
      }
      return decision.actions();
    }

    List<QuotaAction> sees(int at, int status, String... lines) {
      return sees(at, at, status, lines);
    }
  }

  private static QuotaAction change(RateLimit limit) {
    return new QuotaAction.ChangeLimit(limit);
  }

  private static RateLimit every(Duration period) {
    return RateLimit.of(80).per(period);
  }

  private static QuotaAction pause(int seconds) {
    return new QuotaAction.Pause(Duration.ofSeconds(seconds));
  }

  @Test
  void aSmallerQuotaLowersTheLimitAtOnceAndOnce() {
    Sharer process = new Sharer(LIMIT);

    assertThat(process.sees(0, 200, POLICY_20))
        .containsExactly(change(every(Duration.ofMinutes(4))));
    assertThat(process.sees(1, 200, POLICY_20)).isEmpty();
    assertThat(settings.version()).isEqualTo(2);
  }

  @Test
  void whatAnAnswerTellsOfOneKeyIsNotEveryonesQuota() {
    Answer answer =
        Answers.at(
            ApiProfile.standard(),
            START,
            START.plusSeconds(1),
            400,
            "",
            POLICY_20,
            "X-RateLimit-Remaining: 0",
            "X-RateLimit-Reset: 30");
    QuotaState state = QuotaState.of(LIMIT);
    QuotaPolicy policy = new QuotaPolicy(Duration.ofMinutes(1));

    assertThat(
            policy.decide(
                state, settings, answer, Verdict.pauseKey(Cause.BANNED, Optional.empty(), "")))
        .isEqualTo(new QuotaPolicy.Decision(state, List.of()));
    assertThat(
            policy
                .decide(state, settings, answer, Verdict.pause(Cause.BANNED, Optional.empty(), ""))
                .actions())
        .isNotEmpty();
  }

  @Test
  void aLargerQuotaOrNoneChangesNothing() {
    Sharer process = new Sharer(LIMIT);

    assertThat(process.sees(0, 200, POLICY_100)).isEmpty();
    assertThat(process.sees(1_000, 200)).isEmpty();
  }

  @Test
  void theSmallestOfSeveralQuotasCountsAndBudgetsDoNotPace() {
    Sharer process = new Sharer(LIMIT);

    assertThat(
            process.sees(
                0,
                200,
                "RateLimit-Policy: \"burst\";q=10;w=10, \"min\";q=40;w=60, \"day\";q=1000;w=86400"))
        .containsExactly(change(every(Duration.ofMinutes(2))));
  }

  @Test
  void aBurstThatTheQuotaForbidsIsPaced() {
    RateLimit bursty = LIMIT.withBurst(30);
    settings = LimitSettings.of(bursty);
    Sharer process = new Sharer(bursty);

    assertThat(process.sees(0, 200, "RateLimit-Policy: \"a\";q=20;w=10"))
        .containsExactly(change(LIMIT));
    assertThat(process.sees(1, 200, "RateLimit-Policy: \"a\";q=200;w=10")).isEmpty();
    assertThat(process.sees(61, 200, "RateLimit-Policy: \"a\";q=200;w=10"))
        .containsExactly(change(bursty));
  }

  @Test
  void theMarginIsKeptForTheirWindow() {
    RateLimit withMargin = LIMIT.withMargin(Duration.ofSeconds(1));
    settings = LimitSettings.of(withMargin);

    new Sharer(withMargin).sees(0, 200, POLICY_20);

    // 20 starts are 61 s apart, despite the different period.
    assertThat(settings.normal())
        .isEqualTo(every(Duration.ofMinutes(4)).withMargin(Duration.ofSeconds(4)));
    assertThat(20 * settings.normal().secondsPerPermit()).isEqualTo(61);
  }

  @Test
  void afterAQuietTimeTheLimitRisesByHalfAndNotAboveTheConfigured() {
    Sharer process = new Sharer(LIMIT);
    process.sees(0, 200, POLICY_20);

    assertThat(process.sees(59, 200, POLICY_100)).isEmpty();
    assertThat(process.sees(60, 200, POLICY_100))
        .containsExactly(change(every(Duration.ofSeconds(160))));
    assertThat(process.sees(119, 200, POLICY_100)).isEmpty();
    process.sees(120, 200, POLICY_100);
    process.sees(180, 200, POLICY_100);
    assertThat(process.sees(240, 200, POLICY_100)).containsExactly(change(LIMIT));
    assertThat(process.sees(900, 200, POLICY_100)).isEmpty();
  }

  @Test
  void itRisesOnlyToWhatTheApiAllows() {
    Sharer process = new Sharer(LIMIT);
    process.sees(0, 200, POLICY_20);
    process.sees(60, 200, POLICY_40);

    assertThat(process.sees(120, 200, POLICY_40))
        .containsExactly(change(every(Duration.ofMinutes(2))));
    assertThat(process.sees(180, 200, POLICY_40)).isEmpty();
  }

  @Test
  void anAnswerThatSaysNothingDoesNotTakeBackWhatWasSaid() {
    Sharer process = new Sharer(LIMIT);
    process.sees(0, 200, POLICY_20);

    assertThat(process.sees(600, 200)).isEmpty();
  }

  @Test
  void tooManyRequestsWithoutAQuotaHalveOnceForAllThatWereOnTheirWay() {
    Sharer process = new Sharer(LIMIT);
    process.sees(0, 200);

    assertThat(process.sees(10, 11, 429)).containsExactly(change(every(Duration.ofMinutes(2))));
    assertThat(process.sees(10, 12, 429)).isEmpty();
    assertThat(process.sees(11, 13, 429)).isEmpty();
    assertThat(process.sees(20, 21, 429)).containsExactly(change(every(Duration.ofMinutes(4))));
  }

  @Test
  void theVeryFirstAnswerCounts() {
    assertThat(new Sharer(LIMIT).sees(1, 2, 429))
        .containsExactly(change(every(Duration.ofMinutes(2))));
  }

  @Test
  void anAnswerThatOvertookTheFirstCountsToo() {
    Sharer process = new Sharer(LIMIT);
    process.sees(3, 4, 200);

    assertThat(process.sees(2, 5, 429)).containsExactly(change(every(Duration.ofMinutes(2))));
  }

  @Test
  void halvingEnds() {
    Sharer process = new Sharer(LIMIT);
    for (int second = 0; second < 100; second += 2) {
      process.sees(second, second + 1, 429);
    }

    assertThat(settings.normal()).isEqualTo(every(Duration.ofMinutes(64)));
  }

  @Test
  void tooManyRequestsUnderAQuotaThatIsObeyedHalveToo() {
    Sharer process = new Sharer(LIMIT);

    // Somebody else spends from the same quota.
    assertThat(process.sees(5, 429, POLICY_100))
        .containsExactly(change(every(Duration.ofMinutes(2))));
    assertThat(process.sees(64, 200, POLICY_100)).isEmpty();
    assertThat(process.sees(65, 200, POLICY_100))
        .containsExactly(change(every(Duration.ofSeconds(80))));
    assertThat(process.sees(70, 429, POLICY_100))
        .containsExactly(change(every(Duration.ofSeconds(160))));
  }

  @Test
  void aQuotaThatIsNotObeyedIsObeyedFirst() {
    Sharer process = new Sharer(LIMIT);

    assertThat(process.sees(5, 429, POLICY_20))
        .containsExactly(change(every(Duration.ofMinutes(4))));
    assertThat(process.sees(10, 429, POLICY_20))
        .containsExactly(change(every(Duration.ofMinutes(8))));
  }

  @Test
  void aBanMakesItAnEighth() {
    assertThat(new Sharer(LIMIT).sees(5, 418))
        .containsExactly(change(every(Duration.ofMinutes(8))));
  }

  @Test
  void otherPausesAreNoMatterOfSpeed() {
    Sharer process = new Sharer(LIMIT);

    assertThat(process.sees(5, 503, "Retry-After: 9")).isEmpty();
    assertThat(process.sees(6, 401)).isEmpty();
    assertThat(process.sees(7, 403)).isEmpty();
  }

  @Test
  void aTimeToComeBackIsHeededAlsoWhenTheEventIsDone() {
    Sharer process = new Sharer(LIMIT);

    assertThat(process.sees(5, 200, "Retry-After: 9")).containsExactly(pause(9));
    assertThat(process.sees(6, 200, "Retry-After: 0")).isEmpty();
    // That is only when to ask for the one result.
    assertThat(process.sees(7, 202, "Retry-After: 9")).isEmpty();
  }

  @Test
  void whenNothingIsLeftEveryonePausesUntilThereIs() {
    Sharer process = new Sharer(LIMIT);

    assertThat(process.sees(0, 200, "X-RateLimit-Remaining: 0", "X-RateLimit-Reset: 30"))
        .containsExactly(pause(30));
    assertThat(process.sees(0, 200, "X-RateLimit-Remaining: 1", "X-RateLimit-Reset: 30")).isEmpty();
    assertThat(process.sees(0, 200, "X-RateLimit-Remaining: 0")).isEmpty();
  }

  @Test
  void atTheRightLimitNothingLeftIsNoReasonToPause() {
    settings = LimitSettings.of(RateLimit.of(20).perMinute());
    Sharer process = new Sharer(RateLimit.of(20).perMinute());

    // Every 3 s, one becomes free, and 3 s may be 2.1.
    assertThat(process.sees(0, 200, POLICY_20, "RateLimit: \"default\";r=0;t=3")).isEmpty();
    assertThat(process.sees(0, 200, POLICY_20, "RateLimit: \"default\";r=19;t=60")).isEmpty();
    assertThat(process.sees(0, 200, POLICY_20, "RateLimit: \"default\";r=10;t=33")).isEmpty();
  }

  @Test
  void whenLessIsLeftThanIsPlannedEveryonePausesUntilItLasts() {
    settings = LimitSettings.of(RateLimit.of(20).perMinute());
    Sharer process = new Sharer(RateLimit.of(20).perMinute());

    assertThat(process.sees(0, 200, POLICY_20, "RateLimit: \"default\";r=5;t=60"))
        .containsExactly(pause(45));
  }

  @Test
  void aBudgetIsSpentUntilNothingIsLeft() {
    Sharer process = new Sharer(LIMIT);
    String day = "RateLimit-Policy: \"day\";q=1000;w=86400";

    assertThat(process.sees(0, 200, day, "RateLimit: \"day\";r=1;t=40000")).isEmpty();
    assertThat(process.sees(0, 200, day, "RateLimit: \"day\";r=0;t=40000"))
        .containsExactly(pause(40_000));
  }

  @Test
  void severalProcessesAgree() {
    Sharer one = new Sharer(LIMIT);
    Sharer other = new Sharer(LIMIT);
    one.sees(0, 200, POLICY_20);
    long version = settings.version();

    assertThat(other.sees(1, 200, POLICY_20)).isEmpty();
    assertThat(settings.version()).isEqualTo(version);
    assertThat(one.sees(61, 200, POLICY_100)).hasSize(1);
    // The other one saw 59 fewer quiet seconds: a change by anybody restarts them.
    assertThat(other.sees(62, 200, POLICY_100)).isEmpty();
    assertThat(one.sees(63, 200, POLICY_100)).isEmpty();
    assertThat(other.sees(122, 200, POLICY_100)).hasSize(1);
    assertThat(one.sees(123, 200, POLICY_100)).isEmpty();
  }

  @Test
  void severalProcessesHalveOnce() {
    Sharer one = new Sharer(LIMIT);
    Sharer other = new Sharer(LIMIT);
    one.sees(0, 200);
    other.sees(0, 200);

    assertThat(one.sees(10, 11, 429)).hasSize(1);
    assertThat(other.sees(10, 12, 429)).isEmpty();
  }

  @Test
  void aProcessThatBeginsAnewRaisesWhatAnotherHadLowered() {
    new Sharer(LIMIT).sees(0, 200, POLICY_20);
    Sharer restarted = new Sharer(LIMIT);

    assertThat(restarted.sees(10, 200, POLICY_100)).isEmpty();
    assertThat(restarted.sees(70, 200, POLICY_100)).hasSize(1);
  }

  @Test
  void whatSomebodySetIsNeverExceeded() {
    Sharer process = new Sharer(LIMIT);
    process.sees(0, 200, POLICY_100);
    settings = settings.withNormal(RateLimit.of(10).perMinute());

    assertThat(process.sees(10, 200, POLICY_100)).isEmpty();
    assertThat(process.sees(1_000, 200, POLICY_100)).isEmpty();
    assertThat(process.sees(1_001, 200, "RateLimit-Policy: \"a\";q=5;w=60"))
        .containsExactly(change(RateLimit.of(10).per(Duration.ofMinutes(2))));
    process.sees(1_070, 200, POLICY_100);
    assertThat(process.sees(1_140, 200, POLICY_100))
        .containsExactly(change(RateLimit.of(10).perMinute()));
  }

  @Test
  void inAnEmergencyItsLimitIsWhatIsPlanned() {
    settings =
        LimitSettings.of(RateLimit.of(2).perMinute())
            .withDemand(
                new Demand("owner", RateLimit.of(60).perMinute(), START.plusSeconds(600)), START);
    Sharer process = new Sharer(RateLimit.of(2).perMinute());

    assertThat(process.sees(0, 200, "X-RateLimit-Remaining: 0", "X-RateLimit-Reset: 20"))
        .containsExactly(pause(20));
  }
}
