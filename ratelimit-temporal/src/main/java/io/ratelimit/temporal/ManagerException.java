package io.ratelimit.temporal;

import io.ratelimit.core.internal.check.Printable;

/** A manager could not be reached, or refused what was asked of it. */
public abstract sealed class ManagerException extends RuntimeException {

  private ManagerException(String message, Throwable cause) {
    super(message, cause);
  }

  /** A manager of the same id runs already. */
  public static final class AlreadyStarted extends ManagerException {
    AlreadyStarted(String id, Throwable cause) {
      super(
          "manager " + Printable.quoted(id) + " runs already: stop it, or start another id", cause);
    }
  }

  /** No manager has this id, or none that is running. */
  public static final class UnknownManager extends ManagerException {
    UnknownManager(String id, Throwable cause) {
      super("there is no manager " + Printable.quoted(id) + ", or it no longer runs", cause);
    }
  }

  /** A schedule of the same id exists already. */
  public static final class ScheduleConflict extends ManagerException {
    ScheduleConflict(String id, Throwable cause) {
      super(
          "schedule " + Printable.quoted(id) + " exists already: delete it, or choose another id",
          cause);
    }
  }

  /** No schedule has this id. */
  public static final class UnknownSchedule extends ManagerException {
    UnknownSchedule(String id, Throwable cause) {
      super("there is no schedule " + Printable.quoted(id), cause);
    }
  }

  /** The server cannot do what was asked; Temporal's test server has no schedules, for one. */
  public static final class Unsupported extends ManagerException {
    Unsupported(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The server does not answer. */
  public static final class ServerUnreachable extends ManagerException {
    ServerUnreachable(String target, Throwable cause) {
      super(
          "no Temporal server answers at "
              + target
              + ": does it run, and is the address right? ("
              + cause.getMessage()
              + ")",
          cause);
    }
  }

  /** The server refuses the credentials. */
  public static final class Denied extends ManagerException {
    Denied(String target, String namespace, Throwable cause) {
      super(
          "the Temporal server at "
              + target
              + " denies access to namespace \""
              + namespace
              + "\": are certificate or API key right? ("
              + cause.getMessage()
              + ")",
          cause);
    }
  }

  /** The server does not know the namespace. */
  public static final class UnknownNamespace extends ManagerException {
    UnknownNamespace(String namespace, Throwable cause) {
      super("the Temporal server has no namespace " + Printable.quoted(namespace), cause);
    }
  }

  /** The manager did not answer in time; what it was asked to do it may still do. */
  public static final class NoAnswer extends ManagerException {
    NoAnswer(String id, Throwable cause) {
      super(
          "manager "
              + Printable.quoted(id)
              + " does not answer: does a worker run on its task queue?",
          cause);
    }
  }

  /** The manager refused a value. */
  public static final class Refused extends ManagerException {
    Refused(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The result did not come in time; the manager goes on. */
  public static final class NotFinished extends ManagerException {
    NotFinished(String id, java.time.Duration timeout, Throwable cause) {
      super("manager " + Printable.quoted(id) + " has not finished within " + timeout, cause);
    }
  }

  /** The manager ended without a result: it was terminated or cancelled, or it failed. */
  public static final class Ended extends ManagerException {
    Ended(String id, String why, Throwable cause) {
      super("manager " + Printable.quoted(id) + " ended without a result: " + why, cause);
    }
  }
}
