package io.ratelimit.cli.watch;

import io.ratelimit.temporal.manager.ManagerEnd;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.time.Instant;
import java.util.Optional;

/** What is known of the watched manager. Immutable. */
public sealed interface ManagerSeen {

  /** Returns the id of the watched manager, if any. */
  Optional<String> id();

  /** Returns the manager's latest status, if it runs. */
  default Optional<ManagerStatus> status() {
    return Optional.empty();
  }

  /** No manager is watched. */
  record None() implements ManagerSeen {
    @Override
    public Optional<String> id() {
      return Optional.empty();
    }
  }

  /** The manager runs and answers. */
  record Answering(String name, ManagerStatus said) implements ManagerSeen {
    @Override
    public Optional<String> id() {
      return Optional.of(name);
    }

    @Override
    public Optional<ManagerStatus> status() {
      return Optional.of(said);
    }
  }

  /**
   * The manager runs but does not answer.
   *
   * @param why the reason; for example, no worker serves it
   */
  record Silent(String name, String why) implements ManagerSeen {
    @Override
    public Optional<String> id() {
      return Optional.of(name);
    }
  }

  /**
   * The manager has ended.
   *
   * @param how the end in Temporal's words, such as {@code COMPLETED} or {@code TERMINATED}
   * @param at when it ended
   * @param end the outcome of its work, if it has a report
   * @param why why it ended without a report, if known
   */
  record Ended(String name, String how, Instant at, Optional<ManagerEnd> end, Optional<String> why)
      implements ManagerSeen {
    @Override
    public Optional<String> id() {
      return Optional.of(name);
    }
  }

  /**
   * The server knows no manager with this id.
   *
   * @param why the server's answer
   */
  record Unknown(String name, String why) implements ManagerSeen {
    @Override
    public Optional<String> id() {
      return Optional.of(name);
    }
  }

  /** Temporal cannot be asked. */
  record Away(String name, String error) implements ManagerSeen {
    @Override
    public Optional<String> id() {
      return Optional.of(name);
    }
  }
}
