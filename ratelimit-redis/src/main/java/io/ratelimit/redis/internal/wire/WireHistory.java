package io.ratelimit.redis.internal.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ratelimit.core.event.EventType;
import io.ratelimit.core.scaling.TypeHistory;
import io.ratelimit.core.scaling.TypeHistory.ProcessingTimes;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The history of a type, as the include {@code observed.lua} writes it. */
public record WireHistory(EventType type, TypeHistory history) {

  private static final int HEADER = 7;
  private static final int BUCKET = 3;

  /** Returns empty if the bytes are damaged: the next settlement overwrites them. */
  public static Optional<WireHistory> read(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (bytes.length < HEADER) {
      return Optional.empty();
    }
    long attempts = Short.toUnsignedLong(in.getShort());
    long failures = Short.toUnsignedLong(in.getShort());
    in.getShort(); // Skips the sum of the counts.
    byte[] type = new byte[Byte.toUnsignedInt(in.get())];
    if (in.remaining() < type.length || (in.remaining() - type.length) % BUCKET != 0) {
      return Optional.empty();
    }
    in.get(type);
    SortedMap<Integer, Long> counts = new TreeMap<>();
    while (in.hasRemaining()) {
      counts.put(Byte.toUnsignedInt(in.get()), Short.toUnsignedLong(in.getShort()));
    }
    try {
      return Optional.of(
          new WireHistory(
              WireEvents.type(new String(type, UTF_8)),
              new TypeHistory(attempts, failures, ProcessingTimes.of(counts))));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }
}
