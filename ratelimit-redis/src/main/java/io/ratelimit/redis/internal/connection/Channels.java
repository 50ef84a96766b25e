package io.ratelimit.redis.internal.connection;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** How many hear each channel of one connection. Thread-safe. */
public final class Channels {

  private final Map<ByteBuffer, Integer> listeners = new HashMap<>();

  /** One more hears it. */
  synchronized void enter(byte[] channel) {
    listeners.merge(ByteBuffer.wrap(channel), 1, Integer::sum);
  }

  /** One less does; returns whether it was the last. */
  synchronized boolean leave(byte[] channel) {
    return listeners.computeIfPresent(
            ByteBuffer.wrap(channel), (name, count) -> count == 1 ? null : count - 1)
        == null;
  }
}
