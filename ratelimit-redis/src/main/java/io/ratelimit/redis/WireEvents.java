package io.ratelimit.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Payload;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.queue.FailedEvent;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueuedEvent;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Events as they are in Redis. A record is "sequence publishedAt weight type " and then the
 * content: the wallet, the number of attributes and ";", each attribute's name and value, the
 * payload. Strings are "length:bytes"; the payload is the rest.
 */
final class WireEvents {

  private static final List<Priority> PRIORITIES = List.of(Priority.values());

  static byte[] content(AuditEvent event) {
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

  /** "priority:processingMicros:name". */
  static String type(EventType type) {
    return type.priority().rank() + ":" + Micros.ceiling(type.processingTime()) + ":" + type.name();
  }

  static EventType type(String text) {
    String[] parts = text.split(":", 3);
    return new EventType(
        parts[2],
        PRIORITIES.get(Integer.parseInt(parts[0])),
        Micros.toDuration(Long.parseLong(parts[1])));
  }

  /** Reads token, id, attempt, taken at, expires at, worker and record. */
  static Lease lease(Reply reply) {
    String token = reply.text();
    String id = reply.text();
    int attempt = (int) reply.number();
    long takenAt = reply.number();
    long expiresAt = reply.number();
    String worker = reply.text();
    Scanner record = new Scanner(reply.bytes());
    long sequence = record.number(' ');
    long publishedAt = record.number(' ');
    return new Lease(
        token,
        sequence,
        event(id, record),
        attempt,
        worker,
        Micros.toInstant(publishedAt),
        Micros.toInstant(takenAt),
        Micros.toInstant(expiresAt));
  }

  /** Reads id, attempts and record. */
  static QueuedEvent queued(Reply reply) {
    String id = reply.text();
    int attempts = (int) reply.number();
    return queued(id, attempts, new Scanner(reply.bytes()));
  }

  /** Reads "doneAt attempts idLength ", id and record. */
  static QueuedEvent done(byte[] entry) {
    Scanner scanner = new Scanner(entry);
    long unusedDoneAt = scanner.number(' ');
    int attempts = (int) scanner.number(' ');
    String id = scanner.string((int) scanner.number(' '));
    return queued(id, attempts, scanner);
  }

  private static QueuedEvent queued(String id, int attempts, Scanner record) {
    long sequence = record.number(' ');
    long publishedAt = record.number(' ');
    return new QueuedEvent(sequence, event(id, record), attempts, Micros.toInstant(publishedAt));
  }

  /** Reads "failedAt attempts idLength reasonLength ", id, reason and record. */
  static FailedEvent failed(byte[] entry) {
    Scanner scanner = new Scanner(entry);
    long failedAt = scanner.number(' ');
    int attempts = (int) scanner.number(' ');
    int idLength = (int) scanner.number(' ');
    int reasonLength = (int) scanner.number(' ');
    String id = scanner.string(idLength);
    String reason = scanner.string(reasonLength);
    long sequence = scanner.number(' ');
    long unusedPublishedAt = scanner.number(' ');
    return new FailedEvent(
        sequence, event(id, scanner), attempts, reason, Micros.toInstant(failedAt));
  }

  private static AuditEvent event(String id, Scanner record) {
    int weight = (int) record.number(' ');
    EventType type = type(record.until(' '));
    String wallet = record.string((int) record.number(':'));
    Map<String, String> attributes = new LinkedHashMap<>();
    for (long left = record.number(';'); left > 0; left--) {
      String name = record.string((int) record.number(':'));
      attributes.put(name, record.string((int) record.number(':')));
    }
    return new AuditEvent(id, type, wallet, record.payload(), attributes, weight);
  }

  /** Reads bytes from front to back. */
  private static final class Scanner {
    private final byte[] bytes;
    private int next;

    Scanner(byte[] bytes) {
      this.bytes = bytes;
    }

    String until(char end) {
      int from = next;
      while (bytes[next] != end) {
        next++;
      }
      next++;
      return new String(bytes, from, next - 1 - from, UTF_8);
    }

    long number(char end) {
      return Long.parseLong(until(end));
    }

    String string(int length) {
      next += length;
      return new String(bytes, next - length, length, UTF_8);
    }

    Payload payload() {
      return next == bytes.length
          ? Payload.empty()
          : Payload.ofBytes(Arrays.copyOfRange(bytes, next, bytes.length));
    }
  }

  private WireEvents() {}
}
