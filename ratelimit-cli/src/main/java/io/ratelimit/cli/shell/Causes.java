package io.ratelimit.cli.shell;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What went wrong, as one line. */
public final class Causes {

  /** The message of a failure and those of its causes that say something new. */
  public static String told(Throwable failure) {
    List<String> parts = new ArrayList<>();
    for (@Nullable Throwable each = failure; each != null; each = each.getCause()) {
      String message = each.getMessage();
      String line = message == null ? "" : String.join(" ", message.lines().toList());
      if (!line.isEmpty() && parts.stream().noneMatch(part -> part.contains(line))) {
        parts.add(line);
      }
    }
    return parts.isEmpty() ? failure.getClass().getSimpleName() : String.join(": ", parts);
  }

  private Causes() {}
}
