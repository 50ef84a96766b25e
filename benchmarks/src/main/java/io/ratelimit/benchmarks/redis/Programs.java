package io.ratelimit.benchmarks.redis;

import java.io.IOException;

/** Finds programs that a measurement needs and this machine may lack. */
final class Programs {

  /** Returns whether a program is on the path. */
  static boolean canRun(String program) {
    try {
      new ProcessBuilder(program, "--version")
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .destroy();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private Programs() {}
}
