package io.ratelimit.cli.watch;

import io.ratelimit.temporal.manager.ManagerDescription;
import io.ratelimit.temporal.manager.ManagerEnd;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * A manager in a list, running or ended. The names in JSON are stable.
 *
 * @param id its id
 * @param running whether it runs
 * @param state how it ended; empty if it runs and must be asked
 * @param verdict the same in words
 * @param startedAt when it started
 * @param endedAt when it ended
 * @param left the number of events that wait, or were left
 * @param failed the number of events it gave up
 */
public record RoundRow(
    String id,
    boolean running,
    Optional<Condition.State> state,
    Verdict verdict,
    Instant startedAt,
    Optional<Instant> endedAt,
    Optional<Long> left,
    Optional<Long> failed) {

  static RoundRow of(ManagerDescription manager) {
    if (!manager.running()) {
      return ended(ManagerLook.ended(manager), manager.startedAt());
    }
    Verdict verdict =
        manager
            .problem()
            .map(problem -> new Verdict(Verdict.Level.BAD, "Stuck", problem))
            .orElseGet(
                () ->
                    new Verdict(
                        Verdict.Level.NEUTRAL,
                        "Runs"
                            + manager
                                .state()
                                .map(said -> ", " + said.name().toLowerCase(Locale.ROOT))
                                .orElse(""),
                        ""));
    return new RoundRow(
        manager.id(),
        true,
        Optional.empty(),
        verdict,
        manager.startedAt(),
        Optional.empty(),
        manager.pending(),
        Optional.empty());
  }

  /** Returns the row of a manager that has ended. */
  static RoundRow ended(ManagerSeen.Ended ended, Instant startedAt) {
    Condition condition = Judgment.of(ended);
    return new RoundRow(
        ended.name(),
        false,
        Optional.of(condition.state()),
        condition.verdict(),
        startedAt,
        Optional.of(ended.at()),
        ended.end().map(ManagerEnd::remaining),
        ended.end().map(ManagerEnd::failed));
  }
}
