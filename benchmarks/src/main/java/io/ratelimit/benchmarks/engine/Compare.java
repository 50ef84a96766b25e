package io.ratelimit.benchmarks.engine;

import io.ratelimit.benchmarks.table.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Compares two files that {@link EngineBenchmark} has written, row by row. */
public final class Compare {

  private static final Pattern ROW =
      Pattern.compile(
          "\\{\"side\":\"([^\"]*)\",\"lanes\":(\\d+),\"handlerMillis\":(\\d+),"
              + "\"perSecond\":([^,]+),\"storeMicros\":([^,]+),\"calls\":([^,]+),"
              + "\"sleeps\":([^,]+),\"micros\":([^}]+)\\}");
  private static final String UNKNOWN = "null";

  private Compare() {}

  /**
   * Prints the ratio of the second file to the first: above 1, the second is higher.
   *
   * @param arguments the two files
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 2) {
      System.err.println("arguments are two files, written with --json");
      System.exit(2);
    }
    Map<String, Matcher> before = rows(Path.of(arguments[0]));
    Table table =
        new Table(
            44, "After, of before", "per second", "Redis's time", "scripts", "sleeps", "processor");
    rows(Path.of(arguments[1]))
        .forEach(
            (key, after) ->
                Optional.ofNullable(before.get(key))
                    .ifPresent(
                        earlier ->
                            table.row(
                                key,
                                ratio(earlier, after, 4),
                                ratio(earlier, after, 5),
                                ratio(earlier, after, 6),
                                ratio(earlier, after, 7),
                                ratio(earlier, after, 8))));
  }

  static Map<String, Matcher> rows(Path file) throws IOException {
    Map<String, Matcher> rows = new LinkedHashMap<>();
    for (String line : Files.readAllLines(file)) {
      Matcher row = ROW.matcher(line);
      if (row.find()) {
        rows.put(row.group(1) + ", " + row.group(2) + " lanes, " + row.group(3) + " ms", row);
      }
    }
    return rows;
  }

  static Object ratio(Matcher before, Matcher after, int column) {
    String from = before.group(column);
    String to = after.group(column);
    return from.equals(UNKNOWN) || to.equals(UNKNOWN) || Double.parseDouble(from) == 0
        ? ""
        : (Object) (Double.parseDouble(to) / Double.parseDouble(from));
  }
}
