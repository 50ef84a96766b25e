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
 * How values become payloads: by a mapper of this library's own, whatever converter the host's
 * client has. The SDK hands raw payloads through converters unchanged, and applies the client's
 * codecs, as for encryption, all the same.
 *
 * <p>Fields that nobody knows are left out, so that a worker reads what one of a newer version
 * wrote, in a rolling upgrade or after a rollback. A map that one of an older version did not know
 * is empty.
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
   * Reads what {@link #raw} wrote.
   *
   * @throws io.temporal.common.converter.DataConverterException if it is no JSON of such a value
   */
  public static <T> T read(RawValue raw, Class<T> type) {
    return CONVERTER.fromPayload(raw.getPayload(), type, type);
  }

  private Json() {}
}
