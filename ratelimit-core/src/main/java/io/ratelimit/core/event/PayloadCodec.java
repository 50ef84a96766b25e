package io.ratelimit.core.event;

/**
 * Converts values of a type to payloads and back, in a format of its choice; {@code
 * ratelimit-jackson} has one for JSON. Must be thread-safe.
 *
 * <pre>{@code
 * static final PayloadCodec<MarginCall> MARGIN_CALL = JacksonCodec.of(MarginCall.class);
 *
 * queue.publish(event.withPayload(Payload.of(call, MARGIN_CALL)));
 * …
 * MarginCall call = event.payload().as(MARGIN_CALL);
 * }</pre>
 *
 * @param <T> the type of the values
 */
public interface PayloadCodec<T> {

  /**
   * Returns a payload that {@link #decode} reads.
   *
   * @throws PayloadException if the value cannot be written
   */
  Payload encode(T value);

  /**
   * Reads a payload.
   *
   * @throws PayloadException if it does not hold such a value. Its message should not quote the
   *     payload, because it goes to logs and to the failed queue
   */
  T decode(Payload payload);
}
