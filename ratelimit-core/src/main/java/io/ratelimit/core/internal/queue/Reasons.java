package io.ratelimit.core.internal.queue;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ratelimit.core.queue.FailedEvent.PastAttempt;
import java.util.Arrays;

/** Why attempts failed, as a queue keeps it. */
public final class Reasons {

  private static final byte[] ELLIPSIS = "…".getBytes(UTF_8);

  /**
   * Returns what is kept of the reason of an attempt: at most so many bytes, and whole characters.
   */
  public static String brief(String reason) {
    byte[] bytes = reason.getBytes(UTF_8);
    if (bytes.length <= PastAttempt.MAX_REASON_BYTES) {
      return new String(bytes, UTF_8);
    }
    int end = PastAttempt.MAX_REASON_BYTES - ELLIPSIS.length;
    while ((bytes[end] & 0xC0) == 0x80) {
      end--;
    }
    return new String(Arrays.copyOf(bytes, end), UTF_8) + new String(ELLIPSIS, UTF_8);
  }

  private Reasons() {}
}
