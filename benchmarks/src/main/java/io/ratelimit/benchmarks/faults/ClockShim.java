package io.ratelimit.benchmarks.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Shifts the clock of a Redis server by a library that it compiles with the C compiler, if there is
 * one.
 */
final class ClockShim {

  private final Path library;
  private final Path shift;

  private ClockShim(Path library, Path shift) {
    this.library = library;
    this.shift = shift;
  }

  /** Returns whether this machine has a C compiler. */
  static boolean isPossible() {
    try {
      Process compiler =
          new ProcessBuilder("gcc", "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return compiler.waitFor(10, TimeUnit.SECONDS) && compiler.exitValue() == 0;
    } catch (IOException none) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Compiles the shim into a folder; the clock is right at first. */
  static ClockShim make(Path directory) throws IOException, InterruptedException {
    Path source = directory.resolve("clock.c");
    try (InputStream text = ClockShim.class.getResourceAsStream("clock.c")) {
      if (text == null) {
        throw new IOException("clock.c is missing from the class path");
      }
      Files.write(source, text.readAllBytes());
    }
    Path library = directory.resolve("clock.so");
    Process compiler =
        new ProcessBuilder(
                "gcc", "-shared", "-fPIC", "-o", library.toString(), source.toString(), "-ldl")
            .inheritIO()
            .start();
    if (compiler.waitFor() != 0) {
      throw new IOException("gcc cannot compile " + source);
    }
    ClockShim shim = new ClockShim(library, directory.resolve("shift"));
    shim.shift(Duration.ZERO);
    return shim;
  }

  /** Returns the environment variables for a server. */
  Map<String, String> environment() {
    return Map.of("LD_PRELOAD", library.toString(), "CLOCK_SHIFT", shift.toString());
  }

  /** Sets how far the clock is ahead; negative if it is behind. */
  void shift(Duration ahead) throws IOException {
    byte[] micros =
        ByteBuffer.allocate(Long.BYTES)
            .order(ByteOrder.nativeOrder())
            .putLong(TimeUnit.MICROSECONDS.convert(ahead))
            .array();
    // Writes in place: the server has mapped this file.
    try (RandomAccessFile file = new RandomAccessFile(shift.toFile(), "rw")) {
      file.write(micros);
    }
  }
}
