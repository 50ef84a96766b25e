package io.ratelimit.cli.shell;

import static java.util.stream.Collectors.joining;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Describes failures in one line. */
public final class Causes {

  private static final Pattern DURATION =
      Pattern.compile(
          "\\bPT-?(?=\\d)(?:\\d{1,9}H)?(?:\\d{1,2}M)?(?:\\d{1,2}(?:\\.\\d{1,9})?S)?\\b");
  private static final Pattern CLASS =
      Pattern.compile(
          "\\b(?:java|javax|io|com|org)(?:\\.[a-z]\\w*)+\\.[A-Z]\\w*(?:Exception|Error): ");

  /** Returns the message of a failure, with those of its causes that add something. */
  public static String told(Throwable failure) {
    List<String> parts = new ArrayList<>();
    for (@Nullable Throwable each = failure; each != null; each = each.getCause()) {
      String message = each.getMessage();
      String line = message == null ? "" : readable(oneLine(message));
      if (!line.isEmpty() && parts.stream().noneMatch(part -> part.contains(line))) {
        parts.add(line);
      }
    }
    return parts.isEmpty() ? failure.getClass().getSimpleName() : String.join(": ", parts);
  }

  /** Removes the channel handlers that gRPC adds for its own developers. */
  private static String oneLine(String message) {
    return message
        .lines()
        .filter(line -> !line.startsWith("Channel Pipeline:"))
        .collect(joining(" "));
  }

  /**
   * Returns a library's message without programmers' details, such as PT2S or a class name in
   * front.
   */
  public static String readable(String message) {
    String plain = CLASS.matcher(message.replace("/<unresolved>", "")).replaceAll("");
    return DURATION
        .matcher(plain)
        .replaceAll(found -> Texts.duration(Duration.parse(found.group())));
  }

  /** Returns the full trace for a bug report, with each message on one line. */
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
