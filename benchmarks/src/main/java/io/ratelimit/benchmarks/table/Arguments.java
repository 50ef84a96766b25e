package io.ratelimit.benchmarks.table;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The arguments of a benchmark.
 *
 * @param sections the sections to measure, in the given order
 * @param quick whether to run a short form
 * @param json the file for the figures as JSON, if wanted
 */
public record Arguments(List<String> sections, boolean quick, Optional<Path> json) {

  private static final String QUICK = "--quick";
  private static final String JSON = "--json";

  /**
   * Reads arguments.
   *
   * @param sections the existing sections; all are measured if none is named
   * @throws IllegalArgumentException if an argument is unknown; the message lists the known ones
   */
  public static Arguments read(List<String> sections, String... arguments) {
    List<String> given = new ArrayList<>(List.of(arguments));
    boolean quick = given.remove(QUICK);
    Optional<Path> json = Optional.empty();
    int at = given.indexOf(JSON);
    if (at >= 0 && at + 1 < given.size()) {
      given.remove(at);
      json = Optional.of(Path.of(given.remove(at)));
    }
    for (String section : given) {
      if (!sections.contains(section)) {
        throw new IllegalArgumentException(
            section
                + " is no argument: there are "
                + QUICK
                + ", "
                + JSON
                + " FILE"
                + sections.stream().map(each -> ", " + each).collect(Collectors.joining()));
      }
    }
    return new Arguments(given.isEmpty() ? sections : List.copyOf(given), quick, json);
  }

  /** Reads arguments; if one is unknown, prints the known ones and ends the program. */
  public static Arguments readOrExit(List<String> sections, String... arguments) {
    try {
      return read(sections, arguments);
    } catch (IllegalArgumentException unknown) {
      System.err.println(unknown.getMessage());
      System.exit(2);
      throw unknown;
    }
  }

  /** Returns whether to measure a section. */
  public boolean include(String section) {
    return sections.contains(section);
  }

  /** Writes a document to the file, if any. */
  public void write(String document) throws IOException {
    if (json.isPresent()) {
      Files.writeString(json.get(), document);
    }
  }

  /** Returns a JSON array of rows in JSON. */
  public static String array(List<String> rows) {
    return "[\n" + String.join(",\n", rows) + "\n]\n";
  }
}
