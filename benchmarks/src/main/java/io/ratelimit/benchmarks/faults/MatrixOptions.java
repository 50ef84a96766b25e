package io.ratelimit.benchmarks.faults;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The options of the command line.
 *
 * @param faults the faults to try
 * @param seed determines which events fail
 * @param isShort whether the load lasts a short time
 * @param atOnce the number of concurrent trials
 * @param within the time in which the last trial must begin
 * @param json the file for the rows as JSON
 * @param keep the folder that keeps the trials' files; without it, they are deleted
 */
record MatrixOptions(
    List<Fault> faults,
    long seed,
    boolean isShort,
    int atOnce,
    Duration within,
    Optional<Path> json,
    Optional<Path> keep) {

  static final String USAGE =
      """
      --only NAME[,NAME…]   the faults whose names begin with these; all by default
      --short               a handful of faults under a shorter load, in about a minute
      --seed N              determines which events fail; 1 by default
      --at-once N           the number of concurrent trials; 3 by default
      --within MINUTES      the last trial begins by then; 14 by default
      --json FILE           also writes the rows as JSON
      --keep FOLDER         keeps the journals and logs of the trials there
      --list                lists the faults\
      """;

  /**
   * Reads the arguments.
   *
   * @throws IllegalArgumentException if one is unknown or lacks its value
   */
  static MatrixOptions parse(String... arguments) {
    @Nullable String only = null;
    long seed = 1;
    boolean isShort = false;
    int atOnce = 3;
    Duration within = Duration.ofMinutes(14);
    Optional<Path> json = Optional.empty();
    Optional<Path> keep = Optional.empty();
    for (int n = 0; n < arguments.length; n++) {
      String option = arguments[n];
      if (option.equals("--short")) {
        isShort = true;
        continue;
      }
      if (n + 1 == arguments.length) {
        throw new IllegalArgumentException(option + " is unknown, or lacks its value");
      }
      String value = arguments[++n];
      switch (option) {
        case "--only" -> only = value;
        case "--seed" -> seed = Long.parseLong(value);
        case "--at-once" -> atOnce = positive(option, value);
        case "--within" -> within = Duration.ofMinutes(positive(option, value));
        case "--json" -> json = Optional.of(Path.of(value));
        case "--keep" -> keep = Optional.of(Path.of(value));
        default -> throw new IllegalArgumentException("there is no option " + option);
      }
    }
    return new MatrixOptions(chosen(only, isShort), seed, isShort, atOnce, within, json, keep);
  }

  private static int positive(String option, String value) {
    int number = Integer.parseInt(value);
    if (number < 1) {
      throw new IllegalArgumentException(option + " must be at least 1 but is " + value);
    }
    return number;
  }

  private static List<Fault> chosen(@Nullable String only, boolean isShort) {
    List<Fault> all = Faults.all();
    if (only == null) {
      return all.stream()
          .filter(fault -> !isShort || Faults.SHORT_RUN.contains(fault.name()))
          .toList();
    }
    List<String> beginnings = List.of(only.split(",", -1));
    List<Fault> chosen =
        all.stream()
            .filter(fault -> beginnings.stream().anyMatch(fault.name()::startsWith))
            .toList();
    if (chosen.isEmpty()) {
      throw new IllegalArgumentException("no fault's name begins with " + only);
    }
    return chosen;
  }
}
