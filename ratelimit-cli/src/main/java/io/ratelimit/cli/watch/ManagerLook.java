package io.ratelimit.cli.watch;

import io.ratelimit.cli.shell.Causes;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.temporal.RateLimitClient;
import io.ratelimit.temporal.manager.ManagerDescription;
import io.ratelimit.temporal.manager.ManagerEnd;
import io.ratelimit.temporal.manager.ManagerException;
import io.ratelimit.temporal.manager.ManagerOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Asks Temporal for a manager that may be running, may have ended, or may never have existed. */
public final class ManagerLook {

  private static final Duration AT_ONCE = Duration.ofSeconds(2);

  /** Returns what is known of a manager. Never throws: the result says what cannot be known. */
  public static ManagerSeen at(RateLimitClient client, String id) {
    return at(client, id, new ManagerSeen.None());
  }

  /**
   * Returns what is known of a manager.
   *
   * @param before what was seen before: a manager that has ended is not asked for its end again
   */
  static ManagerSeen at(RateLimitClient client, String id, ManagerSeen before) {
    try {
      // Asks for this first: a terminated manager would keep answering as it last was.
      ManagerDescription known = client.describe(id);
      if (!known.running()) {
        return isSame(before, known) ? before : ended(client, known);
      }
      return new ManagerSeen.Answering(id, client.status(id));
    } catch (ManagerException.UnknownManager | ManagerException.NotAManager none) {
      return new ManagerSeen.Unknown(id, Causes.told(none));
    } catch (ManagerException.Stuck
        | ManagerException.NoAnswer
        | ManagerException.Refused
        | ManagerException.Unreadable silent) {
      return new ManagerSeen.Silent(id, Causes.told(silent));
    } catch (ManagerException away) {
      return new ManagerSeen.Away(id, Causes.told(away));
    }
  }

  private static boolean isSame(ManagerSeen before, ManagerDescription known) {
    return before instanceof ManagerSeen.Ended ended
        && ended.name().equals(known.id())
        && known.closedAt().equals(Optional.of(ended.at()));
  }

  /** Returns how a manager that no longer runs has ended. */
  public static ManagerSeen.Ended ended(RateLimitClient client, ManagerDescription known) {
    if (known.end().isPresent()) {
      return ended(known, known.end(), Optional.empty());
    }
    try {
      RoundReport report = client.result(known.id(), AT_ONCE);
      return ended(
          known,
          Optional.of(ManagerEnd.of(ManagerOptions.Mode.ROUND, true, report)),
          Optional.empty());
    } catch (ManagerException.Ended without) {
      return ended(known, Optional.empty(), Optional.of(without.why()));
    } catch (ManagerException unknown) {
      return ended(known, Optional.empty(), Optional.empty());
    }
  }

  /** Returns the end of a manager that no longer runs, as far as a list tells it. */
  public static ManagerSeen.Ended ended(ManagerDescription known) {
    return ended(known, known.end(), Optional.empty());
  }

  private static ManagerSeen.Ended ended(
      ManagerDescription known, Optional<ManagerEnd> end, Optional<String> why) {
    Instant at = known.closedAt().orElse(known.startedAt());
    return new ManagerSeen.Ended(known.id(), known.status(), at, end, why);
  }

  private ManagerLook() {}
}
