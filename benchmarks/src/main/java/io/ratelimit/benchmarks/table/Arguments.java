package io.ratelimit.benchmarks.table;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a benchmark was called with.
 *
 * @param sections which parts to measure, in the order given
 * @param quick whether the short form is wanted
 * @param json the file for what was measured, if it is wanted as JSON, too
 */
public record Arguments(List<String> sections, boolean quick, Optional<Path> json) {

  private static final String QUICK = "--quick";
  private static final String JSON = "--json";

  /**
   * Reads arguments.
   *
   * @param sections which there are; all of them are measured if none is named
   * @throws IllegalArgumentException if an argument is unknown; says which there are
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

  /** The same; ends the program if an argument is unknown, and says which there are. */
  public static Arguments readOrExit(List<String> sections, String... arguments) {
    try {
      return read(sections, arguments);
    } catch (IllegalArgumentException unknown) {
      System.err.println(unknown.getMessage());
      System.exit(2);
      throw unknown;
    }
  }

  /** Returns whether a part is to be measured. */
  public boolean include(String section) {
    return sections.contains(section);
  }

  /** Writes a document into the file, if there is one. */
  public void write(String document) throws IOException {
    if (json.isPresent()) {
      Files.writeString(json.get(), document);
    }
  }

  /** Returns a JSON array of rows that are JSON themselves. */
  public static String array(List<String> rows) {
    return "[\n" + String.join(",\n", rows) + "\n]\n";
  }
}
