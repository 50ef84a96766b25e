package io.ratelimit.micrometer;

import io.ratelimit.core.handler.AttemptOutcome;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What kind of failure an attempt ended with, as a tag may say it: the simple name of the exception
 * that the handler threw, or a word for what the engine found. The reason itself is free text, with
 * ids and addresses in it, and never becomes a tag. Thread-safe.
 */
final class FailureReasons {

  static final int MOST = 50;

  /** A reason that a handler's exception gave begins with its simple name. */
  private static final Pattern EXCEPTION =
      Pattern.compile("([A-Z][A-Za-z0-9_]*(?:Exception|Error))(?::.*)?", Pattern.DOTALL);

  private final BoundedNames names = new BoundedNames(MOST);

  /** The kind of failure; none if the attempt did not fail. */
  Optional<String> of(AttemptOutcome outcome) {
    if (outcome instanceof AttemptOutcome.Retry retry) {
      return Optional.of(kind(retry.reason()));
    }
    if (outcome instanceof AttemptOutcome.Failed failed) {
      return Optional.of(kind(failed.reason()));
    }
    if (outcome instanceof AttemptOutcome.Throttled throttled) {
      return Optional.of(kind(throttled.reason()));
    }
    return Optional.empty();
  }

  private String kind(String reason) {
    Matcher exception = EXCEPTION.matcher(reason);
    if (exception.matches()) {
      return names.of(exception.group(1));
    }
    if (reason.startsWith("no result within ")) {
      return "timeout";
    }
    if (reason.startsWith("no handler for ")) {
      return "no-handler";
    }
    if (reason.startsWith("given up after ")) {
      return "never-settled";
    }
    return BoundedNames.OTHER;
  }
}
