package io.ratelimit.cli.watch;

import io.ratelimit.temporal.manager.ManagerEnd;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.time.Instant;
import java.util.Optional;

/** What is known of the manager that is watched. Immutable. */
public sealed interface ManagerSeen {

  /** Returns the manager that is watched, if any. */
  Optional<String> id();

  /** Returns how it said last that it was, if it runs. */
  default Optional<ManagerStatus> status() {
    return Optional.empty();
  }

  /** None is watched. */
  record None() implements ManagerSeen {
    @Override
    public Optional<String> id() {
      return Optional.empty();
    }
  }

  /** It runs and answers. */
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
   * It runs, and does not answer.
   *
   * @param why no worker serves it, for example
   */
  record Silent(String name, String why) implements ManagerSeen {
    @Override
    public Optional<String> id() {
      return Optional.of(name);
    }
  }

  /**
   * It has ended.
   *
   * @param how in Temporal's words, as {@code COMPLETED} or {@code TERMINATED}
   * @param at when
   * @param end what came of its work, where it has a report
   * @param why it ended without a report, if that is known
   */
  record Ended(String name, String how, Instant at, Optional<ManagerEnd> end, Optional<String> why)
      implements ManagerSeen {
    @Override
    public Optional<String> id() {
      return Optional.of(name);
    }
  }

  /**
   * The server knows no manager of this id.
   *
   * @param why what it says
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
