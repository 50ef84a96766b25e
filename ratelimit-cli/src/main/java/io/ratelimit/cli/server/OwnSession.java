package io.ratelimit.cli.server;

import java.io.File;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Servers that a command starts for itself. A terminal sends Ctrl-C to every process of its
 * session, and a server would be gone before the command has ended in good order; so it gets a
 * session of its own, where the machine can do that.
 */
public final class OwnSession {

  private static final String LAUNCHER = "setsid";

  /** A command that runs in a session of its own, with the same process id. */
  static List<String> command(List<String> command) {
    List<String> all = new ArrayList<>();
    onPath(LAUNCHER).ifPresent(all::add);
    all.addAll(command);
    return all;
  }

  /** Where a program is that can be started by its name. */
  public static Optional<String> onPath(String program) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Arrays.stream(path.split(File.pathSeparator))
        .map(directory -> new File(directory, program))
        .filter(File::canExecute)
        .findFirst()
        .map(File::getPath);
  }

  private OwnSession() {}
}
