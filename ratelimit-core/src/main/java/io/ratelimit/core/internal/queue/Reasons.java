package io.ratelimit.core.internal.queue;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ratelimit.core.queue.FailedEvent.PastAttempt;
import java.util.Arrays;

/** The reasons of failed attempts, as a queue keeps them. */
public final class Reasons {

  private static final byte[] ELLIPSIS = "…".getBytes(UTF_8);

  /** Returns the reason cut to a number of bytes, at whole characters. */
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
