package io.ratelimit.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs the command line in a separate process. */
public final class CommandProcess {

  /** Returns a process that runs a command like a shell, and heeds Ctrl-C. */
  public static ProcessBuilder of(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(minded());
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            // As for the tests: Java 25 warns of Netty and Protobuf on standard error without them.
            "-XX:+IgnoreUnrecognizedVMOptions",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    // Otherwise, the JVM reports on standard error that it picked them up.
    builder.environment().keySet().removeIf(name -> name.endsWith("_OPTIONS"));
    return builder;
  }

  /**
   * Returns a prefix that makes a process heed Ctrl-C, if possible: processes that a shell starts
   * in the background ignore it, and so do their children.
   */
  private static List<String> minded() throws IOException, InterruptedException {
    List<String> prefix = List.of("env", "--default-signal=INT");
    List<String> trial = new ArrayList<>(prefix);
    trial.add("true");
    return new ProcessBuilder(trial).start().waitFor() == 0 ? prefix : List.of();
  }

  private CommandProcess() {}
}
