package io.ratelimit.temporal.manager;

import io.ratelimit.core.internal.check.Printable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Thrown when a manager cannot be reached, or refuses a request. */
public abstract sealed class ManagerException extends RuntimeException {

  private static final int LONGEST_LINE = 200;

  private ManagerException(String message, @Nullable Throwable cause) {
    super(Printable.text(message), cause);
  }

  /**
   * Returns what a failure says, and what it began with. Further lines of a message are for
   * developers of the library that wrote it: gRPC lists the handlers of its channel there.
   */
  private static String said(Throwable cause) {
    Throwable first = cause;
    while (first.getCause() != null) {
      first = first.getCause();
    }
    String said = line(cause);
    String began = line(first);
    return said.contains(began) ? said : said + ": " + began;
  }

  private static String line(Throwable failure) {
    return String.valueOf(failure.getMessage())
        .lines()
        .findFirst()
        .map(line -> Printable.cut(line, LONGEST_LINE))
        .orElse("");
  }

  /** A manager with the same id is already running. */
  public static final class AlreadyStarted extends ManagerException {
    /** Creates an exception. */
    public AlreadyStarted(String id, Throwable cause) {
      super(
          "manager " + Printable.quoted(id) + " is already running: stop it, or use another id",
          cause);
    }
  }

  /** No manager has this id. */
  public static final class UnknownManager extends ManagerException {
    /** Creates an exception. */
    public UnknownManager(String id, Throwable cause) {
      super("there is no manager \"" + id + '"', cause);
    }
  }

  /** The manager has ended, and the request needs a running one. */
  public static final class NotRunning extends ManagerException {
    /** Creates an exception. */
    public NotRunning(ManagerDescription manager, @Nullable Throwable cause) {
      super(
          "manager \""
              + manager.id()
              + "\" no longer runs: it was "
              + manager.statusInWords()
              + manager.closedAt().map(at -> " at " + at).orElse(""),
          cause);
    }
  }

  /** The id belongs to a workflow that is not a manager. It was left alone. */
  public static final class NotAManager extends ManagerException {
    /** Creates an exception. */
    public NotAManager(String id, String type, @Nullable Throwable cause) {
      super("workflow \"" + id + "\" is not a manager but of type " + type, cause);
    }
  }

  /**
   * The manager is running but cannot continue, because its workflow task keeps failing. It
   * continues as soon as a worker can run the task; {@code terminate} ends it.
   */
  public static final class Stuck extends ManagerException {
    /** Creates an exception. */
    public Stuck(String id, String problem, @Nullable Throwable cause) {
      super(
          "manager \""
              + id
              + "\" is stuck: "
              + problem
              + "; a worker that can run it unblocks it, terminate ends it",
          cause);
    }
  }

  /** The manager could not reach its queue in time. The change may still take effect. */
  public static final class QueueUnreachable extends ManagerException {
    /** Creates an exception. */
    public QueueUnreachable(String id, String why, Throwable cause) {
      super("manager \"" + id + "\" cannot reach its queue: " + why, cause);
    }
  }

  /** This client cannot read the answer of the server or the manager. */
  public static final class Unreadable extends ManagerException {
    /** Creates an exception. */
    public Unreadable(String id, Throwable cause) {
      super(
          "the answer of manager \""
              + id
              + "\" cannot be read: do client and workers have the same codec and"
              + " compatible versions? ("
              + said(cause)
              + ")",
          cause);
    }
  }

  /** The server has no room for this now. */
  public static final class Overloaded extends ManagerException {
    /** Creates an exception. */
    public Overloaded(String target, Throwable cause) {
      super(
          "the Temporal server at " + target + " has no room for this now: " + said(cause), cause);
    }
  }

  /**
   * The call was canceled, for example because its thread was interrupted. The request may still
   * take effect.
   */
  public static final class Cancelled extends ManagerException {
    /** Creates an exception. */
    public Cancelled(Throwable cause) {
      super("the call to the Temporal server was canceled", cause);
    }
  }

  /** The server gave an answer that this version does not know; the cause has it. */
  public static final class Unexpected extends ManagerException {
    /** Creates an exception. */
    public Unexpected(String target, Throwable cause) {
      super("the Temporal server at " + target + " answered " + said(cause), cause);
    }
  }

  /** A schedule of the same id exists already. */
  public static final class ScheduleConflict extends ManagerException {
    /** Creates an exception. */
    public ScheduleConflict(String id, Throwable cause) {
      super(
          "schedule " + Printable.quoted(id) + " already exists: delete it, or choose another id",
          cause);
    }
  }

  /** No schedule has this id. */
  public static final class UnknownSchedule extends ManagerException {
    /** Creates an exception. */
    public UnknownSchedule(String id, Throwable cause) {
      super("there is no schedule " + Printable.quoted(id), cause);
    }
  }

  /**
   * The server does not support the request; for example, Temporal's test server has no schedules.
   */
  public static final class Unsupported extends ManagerException {
    /** Creates an exception. */
    public Unsupported(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The server does not answer. */
  public static final class ServerUnreachable extends ManagerException {
    /** Creates an exception. */
    public ServerUnreachable(String target, Throwable cause) {
      super(
          "no Temporal server answers at "
              + target
              + ": is it running, is the address right, and do both use TLS or neither? ("
              + said(cause)
              + ")",
          cause);
    }
  }

  /** The server refuses the credentials. */
  public static final class Denied extends ManagerException {
    /** Creates an exception. */
    public Denied(String target, String namespace, Throwable cause) {
      super(
          "the Temporal server at "
              + target
              + " denies access to namespace \""
              + namespace
              + "\": is the certificate or API key right? ("
              + said(cause)
              + ")",
          cause);
    }
  }

  /** The server does not know the namespace. */
  public static final class UnknownNamespace extends ManagerException {
    /** Creates an exception. */
    public UnknownNamespace(String namespace, Throwable cause) {
      super("the Temporal server has no namespace " + Printable.quoted(namespace), cause);
    }
  }

  /** The manager did not answer in time; the request may still take effect. */
  public static final class NoAnswer extends ManagerException {
    /** Creates an exception. */
    public NoAnswer(String id, String why, Throwable cause) {
      super("manager \"" + id + "\" does not answer: " + why, cause);
    }
  }

  /** The manager, or the server, refused a value. */
  public static final class Refused extends ManagerException {
    /** Creates an exception. */
    public Refused(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The result did not arrive in time; the manager continues. */
  public static final class NotFinished extends ManagerException {
    /** Creates an exception. */
    public NotFinished(String id, Duration timeout, Throwable cause) {
      super("manager \"" + id + "\" has not finished within " + timeout, cause);
    }
  }

  /** The manager ended without a result: it was terminated or canceled, or it failed. */
  public static final class Ended extends ManagerException {
    private final String why;

    /** Creates an exception. */
    public Ended(String id, String why, Throwable cause) {
      super("manager " + Printable.quoted(id) + " ended without a result: " + why, cause);
      this.why = why;
    }

    /** Returns why, as a clause, for example {@code it was canceled}. */
    public String why() {
      return why;
    }
  }
}
