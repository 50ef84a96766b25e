package io.ratelimit.redis.internal.connection;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** Counts the listeners of each channel of a connection. Thread-safe. */
public final class Channels {

  private final Map<ByteBuffer, Integer> listeners = new HashMap<>();

  /** Adds a listener. */
  synchronized void enter(byte[] channel) {
    listeners.merge(ByteBuffer.wrap(channel), 1, Integer::sum);
  }

  /** Removes a listener, and returns whether it was the last. */
  synchronized boolean leave(byte[] channel) {
    return listeners.computeIfPresent(
            ByteBuffer.wrap(channel), (name, count) -> count == 1 ? null : count - 1)
        == null;
  }
}
