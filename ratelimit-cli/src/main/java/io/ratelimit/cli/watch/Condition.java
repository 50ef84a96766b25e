package io.ratelimit.cli.watch;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.report.Lateness;
import io.ratelimit.temporal.manager.ManagerEnd;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The condition of a queue and of the round over it: the one judgment that the terminal, the
 * browser, the manager commands, JSON and the metrics show. Immutable; {@link Judgment} finds it.
 * The names in JSON are stable.
 */
public sealed interface Condition {

  /** Identifies a condition in scripts and metrics. The names are stable. */
  enum State {
    /** The queue was never read. */
    UNREAD(Unread.class),
    /** The queue does not answer; what is known is old. */
    STALE(Stale.class),
    /** The queue cannot be read; what is known is old. */
    UNREACHABLE(Unreachable.class),
    /** Events are missing from the queue's counts. */
    UNBALANCED(Unbalanced.class),
    /** The manager cannot reach the queue. */
    BLIND(Blind.class),
    /** The manager runs, and does not answer. */
    SILENT(Silent.class),
    /** Temporal cannot be asked for the manager. */
    AWAY(Away.class),
    /** No manager has this id. */
    UNKNOWN(Unknown.class),
    /** Starts are paused. */
    PAUSED(Paused.class),
    /** Nothing waits and nothing runs. */
    IDLE(Idle.class),
    /** Work waits, and no manager is watched. */
    UNWATCHED(Unwatched.class),
    /** Work waits, and the watched manager has ended. */
    UNMANAGED(Unmanaged.class),
    /** The manager has not decided yet, or has not heard from a worker yet. */
    STARTING(Starting.class),
    /** The manager ends as soon as the leased events are finished. */
    STOPPING(Stopping.class),
    /** No worker of the manager has a slot, or there are no workers. */
    NO_WORKERS(NoWorkers.class),
    /** Work waits and the limit allows it to start, but nobody starts it. */
    UNWORKED(Unworked.class),
    /** The manager has not decided for a long time. */
    UNDECIDED(Undecided.class),
    /** The deadline will be met. */
    ON_TIME(OnTime.class),
    /** The deadline will be met, but with less confidence than requested. */
    UNSURE(Unsure.class),
    /** The deadline will not be met, or is past. */
    LATE(Late.class),
    /** The round ended, and met its deadline. */
    MET(Met.class),
    /** The round ended, and missed its deadline. */
    MISSED(Missed.class),
    /** The manager was stopped. */
    STOPPED(Stopped.class),
    /** The manager was canceled. */
    CANCELED(Canceled.class),
    /** The manager was terminated. */
    TERMINATED(Terminated.class),
    /** The manager failed, or ran out of time. */
    BROKEN(Broken.class),
    /** The manager has ended, and the outcome of its work is unknown. */
    ENDED(Ended.class);

    private final Class<? extends Condition> condition;

    State(Class<? extends Condition> condition) {
      this.condition = condition;
    }

    private static State of(Condition condition) {
      for (State state : values()) {
        if (state.condition == condition.getClass()) {
          return state;
        }
      }
      throw new IllegalStateException("no state stands for " + condition.getClass());
    }
  }

  /** Returns the state that identifies this condition. */
  @JsonProperty
  default State state() {
    return State.of(this);
  }

  /** Returns this condition in words. */
  Verdict verdict();

  /** Returns what is expected, if there is a deadline ahead. */
  default Optional<Projection> expected() {
    return Optional.empty();
  }

  /** Returns a text that another sentence can follow. */
  private static String sentence(String text) {
    return text.endsWith(".") ? text : text + ".";
  }

  private static String capital(String sentence) {
    return sentence.isEmpty()
        ? sentence
        : Character.toUpperCase(sentence.charAt(0)) + sentence.substring(1);
  }

  private static Verdict good(String headline, String detail) {
    return new Verdict(Verdict.Level.GOOD, headline, detail);
  }

  private static Verdict warning(String headline, String detail) {
    return new Verdict(Verdict.Level.WARNING, headline, detail);
  }

  private static Verdict bad(String headline, String detail) {
    return new Verdict(Verdict.Level.BAD, headline, detail);
  }

  private static Verdict neutral(String headline, String detail) {
    return new Verdict(Verdict.Level.NEUTRAL, headline, detail);
  }

  /**
   * {@link State#UNREAD}.
   *
   * @param age how long the queue could not be read
   * @param error the reason, if known
   */
  record Unread(Duration age, Optional<String> error) implements Condition {
    @Override
    public Verdict verdict() {
      return error
          .map(why -> bad("The queue cannot be read", why))
          .orElseGet(() -> neutral("Waiting for the first numbers", ""));
    }
  }

  /**
   * {@link State#STALE}.
   *
   * @param since when the queue was last read
   * @param age the time since then
   * @param last the condition at that time
   */
  record Stale(Instant since, Duration age, Condition last) implements Condition {
    @Override
    public Verdict verdict() {
      return bad(
          "The queue does not answer",
          "What is known is " + Texts.whole(age) + " old: " + last.verdict().headline() + ".");
    }
  }

  /**
   * {@link State#UNREACHABLE}.
   *
   * @param since when the queue was last read
   * @param age the time since then
   * @param error why the queue cannot be read
   * @param last the condition when it was last read
   */
  record Unreachable(Instant since, Duration age, String error, Condition last)
      implements Condition {
    @Override
    public Verdict verdict() {
      return bad(
          "The queue cannot be read",
          sentence(error)
              + " What is known is "
              + Texts.whole(age)
              + " old: "
              + last.verdict().headline()
              + ".");
    }
  }

  /** {@link State#UNBALANCED}. */
  record Unbalanced() implements Condition {
    @Override
    public Verdict verdict() {
      return bad("Events are missing", "More were published than the queue accounts for.");
    }
  }

  /**
   * {@link State#BLIND}.
   *
   * @param since when the manager found this out
   * @param error the reason
   */
  record Blind(Instant since, String error) implements Condition {
    @Override
    public Verdict verdict() {
      return bad(
          "The manager cannot reach the queue",
          "There have been no decisions since " + Texts.second(since) + ": " + error);
    }
  }

  /**
   * {@link State#SILENT}.
   *
   * @param manager the manager's id
   * @param why the reason; for example, no worker serves it
   */
  record Silent(String manager, String why) implements Condition {
    @Override
    public Verdict verdict() {
      return bad("The manager does not answer", why);
    }
  }

  /**
   * {@link State#AWAY}.
   *
   * @param manager the manager's id
   * @param error why Temporal cannot be asked
   */
  record Away(String manager, String error) implements Condition {
    @Override
    public Verdict verdict() {
      return warning("The manager cannot be asked", error);
    }
  }

  /**
   * {@link State#UNKNOWN}.
   *
   * @param manager the manager's id
   * @param why Temporal's answer
   */
  record Unknown(String manager, String why) implements Condition {
    @Override
    public Verdict verdict() {
      return warning("There is no such manager", why);
    }
  }

  /**
   * {@link State#PAUSED}.
   *
   * @param until when starts resume; empty if that is when somebody resumes them
   * @param unfinished the number of events that wait or run
   */
  record Paused(Optional<Instant> until, long unfinished) implements Condition {
    @Override
    public Verdict verdict() {
      return warning(
          "Paused",
          until
              .map(at -> "Nothing starts until " + Texts.second(at) + ".")
              .orElse("Nothing starts until it is resumed."));
    }
  }

  /**
   * {@link State#IDLE}.
   *
   * @param done the number of events that were ever done
   * @param failed the number of events in the failed queue
   */
  record Idle(long done, long failed) implements Condition {
    @Override
    public Verdict verdict() {
      if (failed == 0) {
        return neutral("Nothing to do", "The queue is empty.");
      }
      String look =
          "Nothing waits; the failed events stay until somebody redrives or discards them.";
      return done == 0
          ? bad(capital(Texts.all(failed, "event")) + " failed", look)
          : warning("Nothing to do, but " + Texts.count(failed, "event") + " failed", look);
    }
  }

  /** Returns the shortest time that the events take, as a sentence. */
  private static String atLeast(long unfinished, Duration atLeast) {
    return Texts.count(unfinished, "event")
        + " unfinished: the last starts in "
        + Texts.tenths(atLeast)
        + " at the earliest.";
  }

  /**
   * {@link State#UNWATCHED}.
   *
   * @param unfinished the number of events that wait or run
   * @param atLeast the shortest time until the last of them starts
   */
  record Unwatched(long unfinished, Duration atLeast) implements Condition {
    @Override
    public Verdict verdict() {
      return neutral("No manager is watched", Condition.atLeast(unfinished, atLeast));
    }
  }

  /**
   * {@link State#UNMANAGED}.
   *
   * @param manager the id of the manager that has ended
   * @param endedAt when it ended
   * @param unfinished the number of events that wait or run
   * @param atLeast the shortest time until the last of them starts
   */
  record Unmanaged(String manager, Instant endedAt, long unfinished, Duration atLeast)
      implements Condition {
    @Override
    public Verdict verdict() {
      return warning(
          "No manager runs",
          manager
              + " ended at "
              + Texts.second(endedAt)
              + "; "
              + Condition.atLeast(unfinished, atLeast));
    }
  }

  /**
   * {@link State#STARTING}.
   *
   * @param decided whether the manager has decided, and waits to hear from a worker
   */
  record Starting(boolean decided) implements Condition {
    @Override
    public Verdict verdict() {
      return neutral(
          "Starting",
          decided
              ? "The manager has not heard of a worker yet."
              : "The manager has not decided yet.");
    }
  }

  /**
   * {@link State#STOPPING}.
   *
   * @param unfinished the number of events that wait or run
   * @param workers the number of active workers
   */
  record Stopping(long unfinished, int workers) implements Condition {
    @Override
    public Verdict verdict() {
      return neutral(
          "Stopping",
          Texts.count(workers, "worker")
              + " may finish what is in hand; "
              + Texts.count(unfinished, "event")
              + (unfinished == 1 ? " is" : " are")
              + " unfinished.");
    }
  }

  /**
   * {@link State#NO_WORKERS}.
   *
   * @param unfinished the number of events that wait or run
   * @param waiting the number of lanes that wait for a slot
   */
  record NoWorkers(long unfinished, int waiting) implements Condition {
    @Override
    public Verdict verdict() {
      return bad(
          "There is no worker",
          Texts.count(unfinished, "event")
              + (unfinished == 1 ? " waits" : " wait")
              + " and no worker process has a slot for "
              + (unfinished == 1 ? "it" : "them")
              + ": start workers.");
    }
  }

  /**
   * {@link State#UNWORKED}.
   *
   * @param waiting the number of events that wait
   * @param unstartedFor how long nothing started although the limit allowed it
   */
  record Unworked(long waiting, Duration unstartedFor) implements Condition {
    @Override
    public Verdict verdict() {
      return bad(
          "Nobody is working on the queue",
          Texts.count(waiting, "event")
              + (waiting == 1 ? " waits" : " wait")
              + " and the limit has room, but nothing was started for "
              + Texts.whole(unstartedFor)
              + ": no worker takes them, or a key or a named limit holds them back.");
    }
  }

  /**
   * {@link State#UNDECIDED}.
   *
   * @param since when the manager last decided, by the queue's clock
   * @param age the time since then
   */
  record Undecided(Instant since, Duration age) implements Condition {
    @Override
    public Verdict verdict() {
      return warning(
          "The manager does not decide",
          "Its last decision is " + Texts.whole(age) + " old: its workers may be away.");
    }
  }

  /**
   * {@link State#ON_TIME}.
   *
   * @param spare how long before the deadline all events will be done
   */
  record OnTime(Duration spare, Projection projection) implements Condition {
    @Override
    public Optional<Projection> expected() {
      return Optional.of(projection);
    }

    @Override
    public Verdict verdict() {
      String headline =
          Texts.toTenths(spare).isZero()
              ? "Will just make its deadline"
              : "Will make its deadline: " + Texts.tenths(spare) + " to spare";
      return projection.isRaised()
          ? warning(headline, projection.detail())
          : good(headline, projection.detail());
    }
  }

  /** {@link State#UNSURE}. */
  record Unsure(Projection projection) implements Condition {
    @Override
    public Optional<Projection> expected() {
      return Optional.of(projection);
    }

    @Override
    public Verdict verdict() {
      return warning("May miss its deadline: " + projection.sure(), projection.detail());
    }
  }

  /**
   * {@link State#LATE}.
   *
   * @param past whether the deadline is past
   * @param by how long after the deadline all events will be done
   */
  record Late(boolean past, Duration by, Projection projection) implements Condition {
    @Override
    public Optional<Projection> expected() {
      return Optional.of(projection);
    }

    @Override
    public Verdict verdict() {
      return bad(
          past
              ? "Is past its deadline: " + Texts.tenths(by) + " late when all is done"
              : "Won’t make its deadline: " + Texts.tenths(by) + " short",
          projection.detail());
    }
  }

  /** Returns the outcome of the events of a round that ended. */
  private static String counts(ManagerEnd end, Instant at) {
    List<String> parts = new ArrayList<>();
    parts.add(end.done() + " done");
    parts.add(end.failed() + " failed");
    if (end.remaining() > 0) {
      parts.add(end.remaining() + " left");
    }
    return String.join(", ", parts)
        + " in "
        + Texts.tenths(end.elapsed())
        + "; ended at "
        + Texts.second(at)
        + ".";
  }

  /** Returns what is worse than a missed deadline. */
  private static Optional<String> broken(ManagerEnd end) {
    if (end.lost() > 0) {
      return Optional.of(Texts.count(end.lost(), "event") + " LOST by the queue’s store");
    }
    return end.limitHeld().orElse(true) ? Optional.empty() : Optional.of("the limit was EXCEEDED");
  }

  /**
   * {@link State#MET}.
   *
   * @param spare how long before the deadline all events were done
   */
  record Met(String manager, Instant endedAt, Duration spare, ManagerEnd end) implements Condition {
    @Override
    public Verdict verdict() {
      String detail = counts(end, endedAt);
      String met = "Met its deadline";
      if (broken(end).isPresent()) {
        return bad(met + ", but " + broken(end).get(), detail);
      }
      if (end.failed() > 0) {
        return end.done() == 0
            ? bad(met + ", but " + Texts.all(end.failed(), "event") + " failed", detail)
            : warning(met + ", but " + Texts.count(end.failed(), "event") + " failed", detail);
      }
      return good(met + ": " + Texts.tenths(spare) + " to spare", detail);
    }
  }

  /**
   * {@link State#MISSED}.
   *
   * @param lateness how late the round was, and why
   */
  record Missed(String manager, Instant endedAt, Lateness lateness, ManagerEnd end)
      implements Condition {
    @Override
    public Verdict verdict() {
      String late =
          lateness.remaining() == 0
              ? Texts.tenths(lateness.by()) + " late"
              : Texts.count(lateness.remaining(), "event") + " left";
      String why = lateness.detail();
      return bad(
          "Missed its deadline: " + late + broken(end).map(worse -> "; " + worse).orElse(""),
          capital(why) + ". " + counts(end, endedAt));
    }
  }

  /** {@link State#STOPPED}. */
  record Stopped(String manager, Instant endedAt, ManagerEnd end) implements Condition {
    @Override
    public Verdict verdict() {
      String detail = counts(end, endedAt);
      return broken(end)
          .map(worse -> bad("Was stopped; " + worse, detail))
          .orElseGet(
              () ->
                  neutral(
                      end.remaining() == 0
                          ? "Was stopped"
                          : "Was stopped with " + Texts.count(end.remaining(), "event") + " left",
                      detail));
    }
  }

  /** {@link State#CANCELED}. */
  record Canceled(String manager, Instant endedAt) implements Condition {
    @Override
    public Verdict verdict() {
      return warning("Was canceled", "It ended at " + Texts.second(endedAt) + " without a report.");
    }
  }

  /** {@link State#TERMINATED}. */
  record Terminated(String manager, Instant endedAt, Optional<String> why) implements Condition {
    @Override
    public Verdict verdict() {
      return warning(
          "Was terminated",
          "It ended at "
              + Texts.second(endedAt)
              + " without a report"
              + why.map(told -> ": " + told).orElse("")
              + ".");
    }
  }

  /**
   * {@link State#BROKEN}.
   *
   * @param how the end in Temporal's words
   */
  record Broken(String manager, Instant endedAt, String how, Optional<String> why)
      implements Condition {
    @Override
    public Verdict verdict() {
      return bad(
          how.equals("TIMED_OUT") ? "Ran out of time" : "Failed",
          "It ended at "
              + Texts.second(endedAt)
              + " without a report"
              + why.map(told -> ": " + told).orElse("")
              + ".");
    }
  }

  /** {@link State#ENDED}. */
  record Ended(String manager, Instant endedAt) implements Condition {
    @Override
    public Verdict verdict() {
      return neutral(
          "Has ended",
          "It ended at " + Texts.second(endedAt) + "; whether it met its deadline is not known.");
    }
  }
}
