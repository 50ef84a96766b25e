package io.ratelimit.cli.shell;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
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

  /** All of it, for a report of a bug: each message on one line, whatever it holds. */
  public static List<String> traced(Throwable failure) {
    List<String> lines = new ArrayList<>();
    Set<Throwable> told = Collections.newSetFromMap(new IdentityHashMap<>());
    for (@Nullable Throwable each = failure; each != null && told.add(each); ) {
      lines.add((lines.isEmpty() ? "" : "Caused by: ") + each);
      for (StackTraceElement frame : each.getStackTrace()) {
        lines.add("    at " + frame);
      }
      each = each.getCause();
    }
    return lines;
  }

  private Causes() {}
}
