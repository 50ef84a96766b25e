package io.ratelimit.core.limit;

import io.ratelimit.core.limit.LimitSettings.Demand;
import io.ratelimit.core.limit.Scenario.Step;
import java.time.Instant;
import java.util.function.UnaryOperator;

/** Applies a {@link Scenario} to a {@link LimitState}, and shows an observer every answer. */
final class ScenarioRun {

  /** Checks every answer. */
  interface Observer {

    /** Checks an answer of a state. */
    void decided(LimitState state, long now, int weight, Decision decision);

    /** Notes a step that changes settings. */
    default void changed(Step step, long now, long end) {}
  }

  /** The beginning of a run: 2026-01-01, in microseconds. */
  static final long BEGIN = 1_767_225_600_000_000L;

  private final Scenario scenario;
  private final Observer observer;
  private final UnaryOperator<LimitState> kept;
  private LimitState state;
  private long now = BEGIN;
  private long told = BEGIN;

  private ScenarioRun(Scenario scenario, UnaryOperator<LimitState> kept, Observer observer) {
    this.scenario = scenario;
    this.observer = observer;
    this.kept = kept;
    LimitSettings settings = LimitSettings.of(scenario.limits().get(0));
    this.state =
        scenario.known()
            ? LimitState.unused(settings)
            : LimitState.unknownUntil(Micros.toInstant(now), settings);
  }

  static void of(Scenario scenario, Observer observer) {
    of(scenario, UnaryOperator.identity(), observer);
  }

  /** Runs a scenario, with each state converted in some way before the next step. */
  static void of(Scenario scenario, UnaryOperator<LimitState> kept, Observer observer) {
    ScenarioRun run = new ScenarioRun(scenario, kept, observer);
    scenario.steps().forEach(run::happen);
  }

  private void happen(Step step) {
    if (step instanceof Step.Wait wait) {
      now = later(wait.percent()) + wait.micros();
    } else if (step instanceof Step.WaitAsTold wait) {
      now = told + wait.micros();
    } else if (step instanceof Step.Ask ask) {
      for (int i = 0; i < ask.times(); i++) {
        ask(weight(ask.percent()));
      }
    } else if (step instanceof Step.Drain drain) {
      for (int i = 0; i < drain.times(); i++) {
        ask(weight(drain.percent()));
        now = Math.max(now, told);
        ask(weight(drain.percent()));
      }
    } else if (step instanceof Step.Change change) {
      RateLimit limit = scenario.limits().get(change.limit());
      change(step, now, settings -> settings.withNormal(limit));
    } else if (step instanceof Step.Raise raise) {
      RateLimit limit = scenario.limits().get(raise.limit());
      long end = later(raise.percent());
      change(step, end, settings -> raised(settings, raise, limit, end));
    } else if (step instanceof Step.Ceiling ceiling) {
      change(
          step,
          now,
          settings ->
              ceiling.limit() < 0
                  ? settings.withoutCeiling()
                  : settings.withCeiling(scenario.limits().get(ceiling.limit())));
    } else if (step instanceof Step.EndRaise lowered) {
      change(step, now, settings -> lowered(settings, lowered));
    } else if (step instanceof Step.PauseFor pause) {
      long end = later(pause.percent());
      change(step, end, settings -> settings.withPause(Pause.until(Micros.toInstant(end))));
    } else if (step instanceof Step.PauseUntilResumed) {
      change(step, now, settings -> settings.withPause(Pause.untilResumed()));
    } else {
      change(step, now, LimitSettings::resumed);
    }
  }

  private LimitSettings raised(
      LimitSettings settings, Step.Raise raise, RateLimit limit, long end) {
    Instant at = Micros.toInstant(now);
    return settings.withDemand(new Demand(raise.owner(), limit, Micros.toInstant(end)), at);
  }

  private LimitSettings lowered(LimitSettings settings, Step.EndRaise end) {
    return settings.withoutDemand(end.owner(), Micros.toInstant(now));
  }

  private void ask(int weight) {
    Decision decision = state.decide(Micros.toInstant(now), weight);
    observer.decided(state, now, weight, decision);
    if (decision instanceof Decision.Granted granted) {
      state = kept.apply(granted.next());
    } else if (decision instanceof Decision.NotBefore notBefore) {
      told = Micros.of(notBefore.at());
    }
  }

  private void change(Step step, long end, UnaryOperator<LimitSettings> change) {
    observer.changed(step, now, end);
    state = kept.apply(state.withSettings(change.apply(state.settings())));
  }

  private long later(int percent) {
    return now + limit().windowMicros() * percent / 100;
  }

  private int weight(int percent) {
    return Math.max(1, (int) (limit().permits() * (long) percent / 100));
  }

  private RateLimit limit() {
    Instant at = Micros.toInstant(now);
    return state.settings().inForce(at);
  }
}
