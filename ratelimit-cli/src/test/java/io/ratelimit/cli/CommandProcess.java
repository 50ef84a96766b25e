package io.ratelimit.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line as a process of its own. */
public final class CommandProcess {

  /** A process that is to run a command, as a shell would start it; it minds Ctrl-C. */
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
    // Otherwise the JVM says on standard error that it picked them up.
    builder.environment().keySet().removeIf(name -> name.endsWith("_OPTIONS"));
    return builder;
  }

  /**
   * What makes a process mind Ctrl-C, where that is possible: what a shell starts in the background
   * ignores it, and so do its children.
   */
  private static List<String> minded() throws IOException, InterruptedException {
    List<String> prefix = List.of("env", "--default-signal=INT");
    List<String> trial = new ArrayList<>(prefix);
    trial.add("true");
    return new ProcessBuilder(trial).start().waitFor() == 0 ? prefix : List.of();
  }

  private CommandProcess() {}
}
