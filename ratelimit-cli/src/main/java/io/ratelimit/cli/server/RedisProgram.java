package io.ratelimit.cli.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.embedded.core.ExecutableProvider;

/**
 * Finds the program of a Redis server: the installed one or, if none is new enough, the one bundled
 * with this library.
 */
final class RedisProgram {

  private static final String NAME = "redis-server";
  private static final Pattern VERSION = Pattern.compile("\\bv=(\\d{1,4})\\.(\\d{1,4})\\.");
  private static final int OLDEST = 6_002;
  private static final String NONE =
      "there is no " + NAME + " 6.2 or newer on the PATH, and none is bundled for this machine";

  /**
   * Finds the program.
   *
   * @param folder where to unpack the bundled one, if necessary
   * @throws IOException if there is none for this machine
   */
  static String find(Path folder) throws IOException, InterruptedException {
    Optional<String> installed = OwnProcess.onPath(NAME);
    return installed.isPresent() && isNewEnough(versionLine(installed.get()))
        ? installed.get()
        : bundled(folder);
  }

  private static String versionLine(String program) throws IOException, InterruptedException {
    Process asked = new ProcessBuilder(program, "--version").redirectErrorStream(true).start();
    String answer = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int unused = asked.waitFor();
    return answer;
  }

  /** Returns whether the queue's scripts run on this version, from the program's version line. */
  static boolean isNewEnough(String line) {
    Matcher version = VERSION.matcher(line);
    return version.find()
        && Integer.parseInt(version.group(1)) * 1_000 + Integer.parseInt(version.group(2))
            >= OLDEST;
  }

  private static String bundled(Path folder) throws IOException, InterruptedException {
    String program;
    try {
      program = ExecutableProvider.newJarResourceProvider(folder.toFile()).get().getAbsolutePath();
    } catch (IOException | RuntimeException unsupported) {
      throw new IOException(NONE, unsupported);
    }
    if (!isNewEnough(versionLine(program))) {
      throw new IOException(NONE);
    }
    return program;
  }

  private RedisProgram() {}
}
