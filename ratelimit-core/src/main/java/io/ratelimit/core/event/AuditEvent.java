package io.ratelimit.core.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.internal.check.Requirements;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A unit of work for one wallet, as its publisher describes it. The queue that accepts it adds the
 * time of publication and the number of attempts.
 *
 * <p>Immutable and thread-safe.
 *
 * @param id identifies the event; while an event is unfinished, publishing its id again changes
 *     nothing. 1 to 256 characters, well-formed, no control characters
 * @param type the kind of event
 * @param walletId the wallet it concerns: 1 to 256 characters, well-formed, no control characters
 * @param payload opaque content for the handler
 * @param attributes further well-formed strings for the handler; unmodifiable. Together with the
 *     payload at most {@value #MAX_BYTES} bytes in UTF-8
 * @param weight how many permits one attempt costs, 1 to {@value #MAX_WEIGHT}; set it if the API
 *     charges some calls more than others
 */
public record AuditEvent(
    String id,
    EventType type,
    String walletId,
    Payload payload,
    Map<String, String> attributes,
    int weight) {

  /** The largest weight. */
  public static final int MAX_WEIGHT = 1_000_000;

  /** The maximum size of payload and attributes together, in bytes of UTF-8: 1 MiB. */
  public static final int MAX_BYTES = 1 << 20;

  /** The longest id, in characters. */
  public static final int MAX_ID_LENGTH = 256;

  /**
   * Creates an event; the attributes are copied.
   *
   * @throws IllegalArgumentException if the id, the wallet id, an attribute or the weight is
   *     outside its range, or the payload and the attributes are larger than {@link #MAX_BYTES}
   *     together
   */
  public AuditEvent {
    requireIdentifier("event id", id);
    requireNonNull(type, "type");
    requireIdentifier("wallet id of event " + id, walletId);
    requireNonNull(payload, "payload");
    attributes = Map.copyOf(attributes);
    attributes.forEach(
        (name, value) -> {
          requireWellFormed("attribute name of event " + id, name);
          requireWellFormed("attribute " + name + " of event " + id, value);
        });
    Requirements.between("weight of event " + id, weight, 1, MAX_WEIGHT);
    long bytes = payload.size() + bytes(attributes);
    if (bytes > MAX_BYTES) {
      throw new IllegalArgumentException(
          "payload and attributes of event "
              + Printable.text(id)
              + " must have at most "
              + MAX_BYTES
              + " bytes together but have "
              + bytes
              + "; store large data elsewhere and publish a reference to it");
    }
  }

  private static long bytes(Map<String, String> attributes) {
    long bytes = 0;
    for (Map.Entry<String, String> attribute : attributes.entrySet()) {
      bytes += attribute.getKey().getBytes(UTF_8).length;
      bytes += attribute.getValue().getBytes(UTF_8).length;
    }
    return bytes;
  }

  /**
   * Returns an event of weight 1 without payload or attributes.
   *
   * @throws IllegalArgumentException if the id or the wallet id is outside its range
   */
  public static AuditEvent of(String id, EventType type, String walletId) {
    return new AuditEvent(id, type, walletId, Payload.empty(), Map.of(), 1);
  }

  /** Returns the attribute with this name, if there is one. */
  public Optional<String> attribute(String name) {
    return Optional.ofNullable(attributes.get(name));
  }

  /**
   * Returns this event with another payload.
   *
   * @throws IllegalArgumentException if it is too large
   */
  public AuditEvent withPayload(Payload newPayload) {
    return new AuditEvent(id, type, walletId, newPayload, attributes, weight);
  }

  /**
   * Returns this event with one more attribute, which replaces an earlier one of the same name.
   *
   * @throws IllegalArgumentException if one of them is not well-formed, or the event gets too large
   */
  public AuditEvent withAttribute(String name, String value) {
    Map<String, String> extended = new LinkedHashMap<>(attributes);
    extended.put(name, value);
    return new AuditEvent(id, type, walletId, payload, extended, weight);
  }

  /**
   * Returns this event with another weight.
   *
   * @throws IllegalArgumentException if the weight is outside its range
   */
  public AuditEvent withWeight(int newWeight) {
    return new AuditEvent(id, type, walletId, payload, attributes, newWeight);
  }

  private static void requireIdentifier(String what, String value) {
    if (value.isBlank() || value.length() > MAX_ID_LENGTH) {
      throw new IllegalArgumentException(
          Printable.text(what)
              + " must be 1 to "
              + MAX_ID_LENGTH
              + " characters, not blank, but is "
              + Printable.quoted(value));
    }
    if (value.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          Printable.text(what)
              + " must have no control characters but has one in "
              + Printable.quoted(value));
    }
    requireWellFormed(what, value);
  }

  /**
   * Requires text without unpaired surrogates: UTF-8 loses them, so two ids could become the same.
   */
  private static void requireWellFormed(String what, String value) {
    if (value
        .codePoints()
        .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
      throw new IllegalArgumentException(
          Printable.text(what)
              + " must be well-formed but has half a surrogate pair in "
              + Printable.quoted(value));
    }
  }
}
