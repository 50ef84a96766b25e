package io.ratelimit.temporal.internal.wire;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.common.converter.JacksonJsonPayloadConverter;
import io.temporal.common.converter.RawValue;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Converts values to payloads with this library's own mapper, whatever converter the host's client
 * has. The SDK passes raw payloads through converters unchanged, but still applies the client's
 * codecs, for example for encryption.
 *
 * <p>Unknown fields are ignored, so a worker can read payloads of a newer version, in a rolling
 * upgrade or after a rollback. A map that an older version did not write is empty.
 */
public final class Json {

  public static final ObjectMapper MAPPER =
      JacksonJsonPayloadConverter.newDefaultObjectMapper()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  static {
    MAPPER.configOverride(Map.class).setSetterInfo(JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY));
  }

  private static final DataConverter CONVERTER =
      DefaultDataConverter.newDefaultInstance()
          .withPayloadConverterOverrides(new JacksonJsonPayloadConverter(MAPPER));

  public static RawValue raw(@Nullable Object value) {
    return new RawValue(CONVERTER.toPayload(value).orElseThrow());
  }

  /**
   * Reads a value that {@link #raw} wrote.
   *
   * @throws io.temporal.common.converter.DataConverterException if it is not the JSON of such a
   *     value
   */
  public static <T> T read(RawValue raw, Class<T> type) {
    return CONVERTER.fromPayload(raw.getPayload(), type, type);
  }

  private Json() {}
}
