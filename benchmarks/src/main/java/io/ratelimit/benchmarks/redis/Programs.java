package io.ratelimit.benchmarks.redis;

import java.io.IOException;

/** Programs that a measurement needs and this machine may lack. */
final class Programs {

  /** Returns whether there is one on the path. */
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
