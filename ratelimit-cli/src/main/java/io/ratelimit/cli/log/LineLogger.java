package io.ratelimit.cli.log;

import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** A logger of a library; writes to the log. */
final class LineLogger extends LegacyAbstractLogger {

  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // SLF4J serializes only the name of a logger.
  private final transient Log log;

  LineLogger(String name, Log log) {
    this.name = name;
    this.log = log;
  }

  @Override
  protected @Nullable String getFullyQualifiedCallerName() {
    return null;
  }

  @Override
  protected void handleNormalizedLoggingCall(
      Level level,
      @Nullable Marker marker,
      String pattern,
      @Nullable Object @Nullable [] arguments,
      @Nullable Throwable failure) {
    String message = MessageFormatter.basicArrayFormat(pattern, arguments);
    log.write(getName(), level, String.valueOf(message), failure);
  }

  @Override
  public boolean isTraceEnabled() {
    return log.isWritten(getName(), Level.TRACE);
  }

  @Override
  public boolean isDebugEnabled() {
    return log.isWritten(getName(), Level.DEBUG);
  }

  @Override
  public boolean isInfoEnabled() {
    return log.isWritten(getName(), Level.INFO);
  }

  @Override
  public boolean isWarnEnabled() {
    return log.isWritten(getName(), Level.WARN);
  }

  @Override
  public boolean isErrorEnabled() {
    return log.isWritten(getName(), Level.ERROR);
  }
}
