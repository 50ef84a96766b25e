package io.ratelimit.jackson;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.ratelimit.core.event.Payload;
import io.ratelimit.core.event.PayloadCodec;
import io.ratelimit.core.event.PayloadException;
import java.io.IOException;

/**
 * Payloads as JSON. Immutable and thread-safe.
 *
 * <pre>{@code
 * static final PayloadCodec<MarginCall> MARGIN_CALL = JacksonCodec.of(MarginCall.class);
 * }</pre>
 *
 * <p>If a payload cannot be read, the exception names the type, the line and the column. It
 * contains neither the payload nor Jackson's own message, which may quote it.
 *
 * @param <T> the type of the values
 */
public final class JacksonCodec<T> implements PayloadCodec<T> {

  private static final class Default {
    static final ObjectMapper MAPPER =
        JsonMapper.builder()
            .addModules(new Jdk8Module(), new JavaTimeModule(), new RateLimitModule())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .build();
  }

  private final JavaType type;
  private final ObjectWriter writer;
  private final ObjectReader reader;

  private JacksonCodec(ObjectMapper mapper, JavaType type) {
    this.type = type;
    this.writer = mapper.writerFor(type);
    this.reader = mapper.readerFor(type).with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  }

  /**
   * Returns a codec with this library's settings: it supports {@code Optional} and {@code
   * java.time}, writes times as ISO 8601 strings, and ignores unknown fields, so an older handler
   * can read payloads of a newer publisher.
   *
   * @param type the type of the values
   */
  public static <T> JacksonCodec<T> of(Class<T> type) {
    return of(Default.MAPPER, type);
  }

  /**
   * Returns a codec that uses the host's mapper.
   *
   * @param mapper is not modified; later changes to it may or may not take effect
   * @param type the type of the values
   */
  public static <T> JacksonCodec<T> of(ObjectMapper mapper, Class<T> type) {
    return new JacksonCodec<>(mapper, mapper.constructType(requireNonNull(type, "type")));
  }

  /** Returns a codec for a generic type that uses the host's mapper. */
  public static <T> JacksonCodec<T> of(ObjectMapper mapper, TypeReference<T> type) {
    return new JacksonCodec<>(mapper, mapper.constructType(requireNonNull(type, "type")));
  }

  @Override
  public Payload encode(T value) {
    try {
      return Payload.ofBytes(writer.writeValueAsBytes(requireNonNull(value, "value")));
    } catch (JsonProcessingException unwritable) {
      throw new PayloadException(
          "a " + type.toCanonical() + " cannot be written as JSON", unwritable);
    }
  }

  @Override
  public T decode(Payload payload) {
    T value;
    try {
      value = reader.readValue(payload.bytes());
    } catch (JacksonException unreadable) {
      throw unreadable(payload, where(unreadable.getLocation()));
    } catch (IOException unreadable) {
      throw unreadable(payload, "");
    }
    if (value == null) {
      throw unreadable(payload, ", but null");
    }
    return value;
  }

  private PayloadException unreadable(Payload payload, String where) {
    return new PayloadException(
        "the payload of " + payload.size() + " bytes is not a valid " + type.toCanonical() + where);
  }

  private static String where(JsonLocation location) {
    return location == null
        ? ""
        : ": see line " + location.getLineNr() + ", column " + location.getColumnNr();
  }
}
