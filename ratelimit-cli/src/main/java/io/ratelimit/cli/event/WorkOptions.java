package io.ratelimit.cli.event;

import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.option.Converters.TypeCount;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.EventTypes;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.plan.Backlog;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The events of a round. */
public final class WorkOptions {

  private static final int DEFAULT_EVENTS = 108;
  private static final String OTHER = "AUDIT";

  @Option(
      names = {"--events", "--count"},
      paramLabel = "N",
      converter = Converters.Events.class,
      description = {
        "The number of events, a mix of the five standard types. Default: " + DEFAULT_EVENTS + ".",
        "With --processing-time, all events are of one type that takes this long."
      })
  private @Nullable Integer events;

  @Option(
      names = "--type",
      paramLabel = "NAME=N[@TIME][*WEIGHT]",
      converter = Converters.TypeCountConverter.class,
      description = {
        "The number of events of a type, in the given order; repeatable. TIME is how"
            + " long one event takes: by default as long as its standard type, or else 10s."
            + " WEIGHT is how many permits an attempt costs, by default 1.",
        "With --events, these are part of that number, and the others are of type " + OTHER + "."
      })
  private List<TypeCount> types = new ArrayList<>();

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = {
        "Events from a file of JSON lines, or - for standard input:",
        "{\"id\":…,\"type\":…,\"walletId\":…,\"payload\":…}",
        "If a line is bad, all bad lines are listed and nothing is done."
      })
  private @Nullable String file;

  @Option(
      names = "--processing-time",
      paramLabel = "TIME",
      converter = Converters.ProcessingTime.class,
      description = "How long an event of an unknown type takes. Default: 10s.")
  private @Nullable Duration processingTime;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      converter = Converters.Seed.class,
      description =
          "The random seed; the same seed gives the same random outcomes. Default:"
              + " ${DEFAULT-VALUE}.")
  private long seed;

  public boolean isFromFile() {
    return file != null;
  }

  public long seed() {
    return seed;
  }

  /**
   * Returns the events.
   *
   * @param input the input for {@code --file -}
   * @param notes gets notes about a file
   * @param limit the limit that events' weights must fit
   */
  public List<AuditEvent> events(InputStream input, PrintWriter notes, RateLimit limit) {
    return events(input, notes, limit, 0);
  }

  /**
   * Returns the events, leaving room for a prefix on their ids.
   *
   * @param prefix the longest prefix, in characters
   */
  public List<AuditEvent> events(
      InputStream input, PrintWriter notes, RateLimit limit, int prefix) {
    if (file != null) {
      if (events != null || !types.isEmpty()) {
        throw new InputException(
            "--file already defines the events; leave out "
                + (events != null ? "--events" : "--type"));
      }
      return fromFile(file, input, notes, limit, AuditEvent.MAX_ID_LENGTH - prefix);
    }
    if (types.isEmpty()) {
      int count = events == null ? DEFAULT_EVENTS : events;
      return processingTime == null
          ? SampleEvents.mixed(count, seed)
          : SampleEvents.ofTypes(List.of(unknown(OTHER, count, 1)), seed);
    }
    return SampleEvents.ofTypes(mix(limit), seed);
  }

  private List<TypeCount> mix(RateLimit limit) {
    types.forEach(each -> requireRoom(each, limit));
    long listed = types.stream().mapToLong(TypeCount::count).sum();
    long total = events == null ? listed : events;
    if (listed > total) {
      throw new InputException(
          "--type lists " + listed + " events but --events says that there are " + total);
    }
    if (total > Backlog.MAX_EVENTS) {
      throw new InputException(
          "--type lists " + total + " events; at most " + Backlog.MAX_EVENTS + " can be handled");
    }
    List<TypeCount> mix = new ArrayList<>();
    for (TypeCount each : types) {
      mix.add(each.timeKnown() ? each : unknown(each.type().name(), each.count(), each.weight()));
    }
    if (listed < total) {
      mix.add(unknown(OTHER, Math.toIntExact(total - listed), 1));
    }
    return mix;
  }

  /** Rejects a weight above the limit's permits: it could never start. */
  private static void requireRoom(TypeCount each, RateLimit limit) {
    if (each.weight() > limit.permits()) {
      throw new InputException(
          "--type "
              + each.type().name()
              + " weighs "
              + each.weight()
              + " but the limit "
              + limit
              + " has "
              + Texts.count(limit.permits(), "permit")
              + "; lower the weight, or use the same rate over a longer period");
    }
  }

  /** Returns a type for an unknown name. */
  private EventType unknown(String name) {
    EventType type = EventType.of(name);
    return processingTime == null ? type : type.withProcessingTime(processingTime);
  }

  private TypeCount unknown(String name, int count, int weight) {
    return new TypeCount(unknown(name), count, true, weight);
  }

  private List<AuditEvent> fromFile(
      String name, InputStream input, PrintWriter notes, RateLimit limit, int longestId) {
    Set<EventType> unknown = new LinkedHashSet<>();
    EventFile.Content content =
        read(
            name,
            input,
            limit,
            longestId,
            typeName ->
                EventTypes.standard()
                    .find(typeName)
                    .orElseGet(
                        () -> {
                          EventType type = unknown(typeName);
                          unknown.add(type);
                          return type;
                        }));
    if (!content.problems().isEmpty()) {
      throw problems(name, content);
    }
    if (content.events().isEmpty()) {
      throw new InputException("--file " + shown(name) + " holds no events: all of it is blank");
    }
    content
        .ignoredFields()
        .forEach(
            (field, lines) ->
                notes.println(
                    "note: ignored "
                        + Texts.quoted(field)
                        + ", a field that events do not have, on "
                        + Texts.count(lines, "line")));
    for (EventType type : unknown) {
      notes.println(
          "note: "
              + type.name()
              + " is not a standard type; one is expected to take "
              + Texts.duration(type.processingTime())
              + " (--processing-time)");
    }
    notes.flush();
    return content.events();
  }

  private interface Types extends java.util.function.Function<String, EventType> {}

  private static EventFile.Content read(
      String name, InputStream input, RateLimit limit, int longestId, Types types) {
    try {
      if (name.equals("-")) {
        return EventFile.read(input, types, limit, longestId);
      }
      if (name.isEmpty()) {
        throw new InputException("--file needs the name of a file, or - for standard input");
      }
      Path path = Path.of(name);
      if (Files.isDirectory(path)) {
        throw new InputException("--file " + shown(name) + " is a directory, not a file");
      }
      try (InputStream opened = Files.newInputStream(path)) {
        return EventFile.read(opened, types, limit, longestId);
      }
    } catch (NoSuchFileException | InvalidPathException missing) {
      throw new InputException("--file " + shown(name) + " does not exist");
    } catch (IOException unreadable) {
      throw new InputException("--file " + shown(name) + " cannot be read: " + reason(unreadable));
    }
  }

  private static String reason(IOException unreadable) {
    if (unreadable instanceof AccessDeniedException) {
      return "permission denied";
    }
    String reason =
        unreadable instanceof FileSystemException failure
            ? failure.getReason()
            : unreadable.getMessage();
    return reason == null ? "input failed" : shown(reason);
  }

  private static InputException problems(String name, EventFile.Content content) {
    List<String> told = new ArrayList<>();
    content
        .problems()
        .forEach(problem -> told.add("  line " + problem.line() + ": " + problem.reason()));
    long more = content.badLines() - told.size();
    if (more > 0) {
      told.add("  and " + Texts.count(more, "more bad line"));
    }
    return new InputException(
        "--file "
            + shown(name)
            + " has "
            + Texts.count(content.badLines(), "bad line")
            + " beside "
            + Texts.count(content.events().size(), "good one")
            + "; nothing was done",
        told);
  }

  private static String shown(String name) {
    String quoted = Texts.quoted(name);
    return quoted.substring(1, quoted.length() - 1);
  }
}
