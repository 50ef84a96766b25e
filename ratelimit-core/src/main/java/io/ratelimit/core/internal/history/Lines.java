package io.ratelimit.core.internal.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ratelimit.core.history.RoundRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;

/** Reads the lines of a file, without holding more of a line than the longest round needs. */
public final class Lines {

  private static final int BUFFER = 1 << 16;

  /**
   * Reads to the end.
   *
   * @param line receives each line that is not empty; the last one may be cut off
   * @param tooLong runs for each line that is longer than a round can be
   */
  public static void read(InputStream in, Consumer<String> line, Runnable tooLong)
      throws IOException {
    byte[] buffer = new byte[BUFFER];
    ByteArrayOutputStream begun = new ByteArrayOutputStream();
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      int from = 0;
      for (int i = 0; i < count; i++) {
        if (buffer[i] == '\n') {
          add(begun, buffer, from, i);
          end(begun, line, tooLong);
          from = i + 1;
        }
      }
      add(begun, buffer, from, count);
    }
    end(begun, line, tooLong);
  }

  /** One byte more than the longest round shows that a line is too long. */
  private static void add(ByteArrayOutputStream begun, byte[] buffer, int from, int to) {
    int room = RoundRecord.MAX_BYTES + 1 - begun.size();
    begun.write(buffer, from, Math.min(room, to - from));
  }

  private static void end(ByteArrayOutputStream begun, Consumer<String> line, Runnable tooLong) {
    if (begun.size() > RoundRecord.MAX_BYTES) {
      tooLong.run();
    } else if (begun.size() > 0) {
      line.accept(begun.toString(UTF_8));
    }
    begun.reset();
  }

  private Lines() {}
}
