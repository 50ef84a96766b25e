package io.ratelimit.redis.internal.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Payload;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.queue.FailedEvent;
import io.ratelimit.core.queue.FailedEvent.PastAttempt;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueuedEvent;
import io.ratelimit.redis.internal.script.Reply;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Converts events to and from their form in Redis. A record is "sequence publishedAt weight type ",
 * with charges and terms after the weight, followed by the content: the wallet, the number of
 * attributes and ";", each attribute's name and value, and the payload. Strings are "length:bytes";
 * the payload is the rest.
 *
 * <p>Reading never fails, whatever the bytes: an unreadable event gets the type {@link
 * EventType#UNREADABLE}.
 */
public final class WireEvents {

  private static final List<Priority> PRIORITIES = List.of(Priority.values());
  private static final char REPLACEMENT = '\uFFFD';
  private static final String UNKNOWN = "unknown";

  /** The contents of a record. */
  private record Stored(long sequence, Instant publishedAt, AuditEvent event) {}

  /** A lease, with the bytes by which Redis knows it. */
  public static final class Held {
    public final byte[] token;
    public final byte[] id;
    public final Lease lease;

    /** Whether the event could be read. */
    public final boolean isReadable;

    private Held(byte[] token, byte[] id, Lease lease, boolean isReadable) {
      this.token = token;
      this.id = id;
      this.lease = lease;
      this.isReadable = isReadable;
    }
  }

  public static byte[] content(AuditEvent event) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(64 + event.payload().size());
    writeString(out, event.walletId());
    out.writeBytes((event.attributes().size() + ";").getBytes(UTF_8));
    event
        .attributes()
        .forEach(
            (name, value) -> {
              writeString(out, name);
              writeString(out, value);
            });
    out.writeBytes(event.payload().bytes());
    return out.toByteArray();
  }

  private static void writeString(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    out.writeBytes((bytes.length + ":").getBytes(UTF_8));
    out.writeBytes(bytes);
  }

  /** Returns "priority:processingMicros:name". */
  public static String type(EventType type) {
    return type.priority().rank() + ":" + Micros.ceiling(type.processingTime()) + ":" + type.name();
  }

  /**
   * Reads what {@link #type(EventType)} writes.
   *
   * @throws IllegalArgumentException if the text has another form
   */
  public static EventType type(String text) {
    String[] parts = text.split(":", 3);
    int priority = parts.length < 3 ? -1 : Integer.parseInt(parts[0]);
    if (priority < 0 || priority >= PRIORITIES.size()) {
      throw new IllegalArgumentException("not a type: " + text);
    }
    return new EventType(
        parts[2], PRIORITIES.get(priority), Micros.toDuration(Long.parseLong(parts[1])));
  }

  /** Reads token, id, attempt, taken at, expires at, worker and record. */
  public static Held held(Reply reply) {
    byte[] token = reply.bytes();
    byte[] id = reply.bytes();
    int attempt = (int) reply.number();
    Instant takenAt = Micros.toInstant(reply.number());
    Instant expiresAt = Micros.toInstant(reply.number());
    String worker = reply.text();
    byte[] record = reply.bytes();
    Optional<Stored> readable = read(id, new Scanner(record));
    Stored stored = readable.orElseGet(() -> unreadable(id, record));
    Lease lease =
        new Lease(
            new String(token, UTF_8),
            stored.sequence(),
            stored.event(),
            attempt,
            worker,
            stored.publishedAt(),
            takenAt,
            expiresAt);
    return new Held(token, id, lease, readable.isPresent());
  }

  /** Reads sequence, id, attempts and record. */
  public static QueuedEvent queued(Reply reply) {
    long sequence = reply.number();
    byte[] id = reply.bytes();
    int attempts = (int) reply.number();
    byte[] record = reply.bytes();
    Stored stored = read(id, new Scanner(record)).orElseGet(() -> unreadable(id, record));
    return new QueuedEvent(sequence, stored.event(), attempts, stored.publishedAt());
  }

  /** Reads "doneAt attempts idLength ", id and record. */
  public static QueuedEvent done(byte[] entry) {
    try {
      Scanner scanner = new Scanner(entry);
      long unusedDoneAt = scanner.number(' ');
      int attempts = scanner.count(' ');
      byte[] id = scanner.bytes(scanner.count(' '));
      Optional<Stored> stored = read(id, scanner);
      if (stored.isPresent()) {
        return new QueuedEvent(
            stored.get().sequence(), stored.get().event(), attempts, stored.get().publishedAt());
      }
    } catch (IllegalArgumentException e) {
      // Shown unchanged.
    }
    Stored stored = unreadable(new byte[0], entry);
    return new QueuedEvent(stored.sequence(), stored.event(), 0, stored.publishedAt());
  }

  /**
   * Reads sequence; "failedAt attempts idLength reasonLength ", id, reason and record; and
   * "failedAt " with the history of attempts.
   */
  public static FailedEvent failed(Reply reply) {
    long sequence = reply.number();
    byte[] entry = reply.bytes();
    byte[] past = reply.bytes();
    try {
      Scanner scanner = new Scanner(entry);
      Instant failedAt = Micros.toInstant(scanner.number(' '));
      int attempts = scanner.count(' ');
      int idLength = scanner.count(' ');
      int reasonLength = scanner.count(' ');
      byte[] id = scanner.bytes(idLength);
      String reason = new String(scanner.bytes(reasonLength), UTF_8);
      byte[] record = scanner.rest();
      Stored stored = read(id, new Scanner(record)).orElseGet(() -> unreadable(id, record));
      return new FailedEvent(
          sequence,
          stored.event(),
          attempts,
          reason,
          failedAt,
          stored.publishedAt(),
          history(past, failedAt));
    } catch (IllegalArgumentException e) {
      return new FailedEvent(
          sequence,
          unreadable(new byte[0], entry).event(),
          0,
          "what the failed queue kept cannot be read",
          Instant.EPOCH,
          Instant.EPOCH,
          List.of());
    }
  }

  /** Returns an empty history if it is unreadable or belongs to another failure. */
  private static List<PastAttempt> history(byte[] past, Instant failedAt) {
    Deque<PastAttempt> earliestFirst = new ArrayDeque<>();
    try {
      Scanner scanner = new Scanner(past);
      if (past.length == 0 || !Micros.toInstant(scanner.number(' ')).equals(failedAt)) {
        return List.of();
      }
      while (scanner.hasNext()) {
        int attempt = scanner.count(' ');
        Instant takenAt = Micros.toInstant(scanner.number(' '));
        Instant endedAt = Micros.toInstant(scanner.number(' '));
        String reason = new String(scanner.bytes(scanner.count(':')), UTF_8);
        earliestFirst.addFirst(new PastAttempt(attempt, takenAt, endedAt, reason));
      }
      return List.copyOf(earliestFirst);
    } catch (IllegalArgumentException e) {
      return List.of();
    }
  }

  /** Returns empty if the record is unreadable. */
  private static Optional<Stored> read(byte[] id, Scanner record) {
    try {
      long sequence = record.number(' ');
      Instant publishedAt = Micros.toInstant(record.number(' '));
      int weight = weight(record.until(' '));
      EventType type = type(record.until(' '));
      String wallet = record.string();
      Map<String, String> attributes = new LinkedHashMap<>();
      for (long left = record.count(';'); left > 0; left--) {
        String name = record.string();
        attributes.put(name, record.string());
      }
      AuditEvent event =
          new AuditEvent(text(id), type, wallet, payload(record.rest()), attributes, weight);
      return Optional.of(new Stored(sequence, publishedAt, event));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Reads the weight; charges and publish terms, which only the store uses, follow it. */
  private static int weight(String text) {
    int end = 0;
    while (end < text.length() && Character.isDigit(text.charAt(end))) {
      end++;
    }
    return Integer.parseInt(text.substring(0, end));
  }

  private static Stored unreadable(byte[] id, byte[] record) {
    Payload payload = payload(Arrays.copyOf(record, Math.min(record.length, AuditEvent.MAX_BYTES)));
    AuditEvent event;
    try {
      event = AuditEvent.of(text(id), EventType.UNREADABLE, UNKNOWN);
    } catch (IllegalArgumentException e) {
      event = AuditEvent.of(UNKNOWN, EventType.UNREADABLE, UNKNOWN);
    }
    return new Stored(0, Instant.EPOCH, event.withPayload(payload));
  }

  private static Payload payload(byte[] bytes) {
    return bytes.length == 0 ? Payload.empty() : Payload.ofBytes(bytes);
  }

  /** Rejects bytes that are not UTF-8: writing them again would change them. */
  private static String text(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    if (text.indexOf(REPLACEMENT) >= 0 && !Arrays.equals(text.getBytes(UTF_8), bytes)) {
      throw new IllegalArgumentException("not UTF-8");
    }
    return text;
  }

  /** Reads bytes from front to back, and throws IllegalArgumentException if they end early. */
  private static final class Scanner {
    private final byte[] bytes;
    private int next;

    Scanner(byte[] bytes) {
      this.bytes = bytes;
    }

    String until(char end) {
      int from = next;
      while (next < bytes.length && bytes[next] != end) {
        next++;
      }
      if (next == bytes.length) {
        throw new IllegalArgumentException("cut off");
      }
      next++;
      return new String(bytes, from, next - 1 - from, UTF_8);
    }

    long number(char end) {
      return Long.parseLong(until(end));
    }

    int count(char end) {
      return Integer.parseInt(until(end));
    }

    String string() {
      return text(bytes(count(':')));
    }

    byte[] bytes(int length) {
      if (length < 0 || length > bytes.length - next) {
        throw new IllegalArgumentException("cut off");
      }
      next += length;
      return Arrays.copyOfRange(bytes, next - length, next);
    }

    boolean hasNext() {
      return next < bytes.length;
    }

    byte[] rest() {
      return bytes(bytes.length - next);
    }
  }

  private WireEvents() {}
}
