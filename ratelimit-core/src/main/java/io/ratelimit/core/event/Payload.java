package io.ratelimit.core.event;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The data of an event for its handler: bytes that the library stores and hands out unchanged,
 * without interpreting them. Immutable and thread-safe; equal by content.
 */
public final class Payload {

  private static final Payload EMPTY = new Payload(new byte[0]);

  private final byte[] bytes;

  private Payload(byte[] bytes) {
    this.bytes = bytes;
  }

  /** No bytes at all. */
  public static Payload empty() {
    return EMPTY;
  }

  /** Returns the UTF-8 bytes of a text, typically JSON. */
  public static Payload ofText(String text) {
    return new Payload(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns a copy of these bytes. */
  public static Payload ofBytes(byte[] bytes) {
    return new Payload(bytes.clone());
  }

  /**
   * Returns a value as a payload, encoded with the codec of its type.
   *
   * @throws PayloadException if the value cannot be written
   */
  public static <T> Payload of(T value, PayloadCodec<T> codec) {
    return codec.encode(requireNonNull(value, "value"));
  }

  /**
   * Returns the value in this payload, decoded with the codec of its type.
   *
   * @throws PayloadException if it is not a payload of such a value
   */
  public <T> T as(PayloadCodec<T> codec) {
    return codec.decode(this);
  }

  /** Returns the content read as UTF-8; malformed input is replaced as {@link String} does. */
  public String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Returns a copy of the content. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** Returns the number of bytes. */
  public int size() {
    return bytes.length;
  }

  /** Returns whether there are no bytes. */
  public boolean isEmpty() {
    return bytes.length == 0;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Payload that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** Returns the size only: a payload may hold what does not belong in a log. */
  @Override
  public String toString() {
    return bytes.length + " bytes";
  }
}
