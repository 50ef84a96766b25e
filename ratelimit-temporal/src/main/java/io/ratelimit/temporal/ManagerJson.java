package io.ratelimit.temporal;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.common.converter.JacksonJsonPayloadConverter;

/** How managers' values become JSON. */
public final class ManagerJson {

  /**
   * The SDK's default converter, except that it leaves out what it does not know: a worker reads
   * what one of a newer version wrote, in a rolling upgrade or after a rollback. {@link
   * RateLimitClient#connect(String, String, String)} and {@link
   * RateLimitWorker.Builder#connect(String, String)} use it; set it in options of your own.
   */
  public static DataConverter converter() {
    ObjectMapper mapper =
        JacksonJsonPayloadConverter.newDefaultObjectMapper()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    return DefaultDataConverter.newDefaultInstance()
        .withPayloadConverterOverrides(new JacksonJsonPayloadConverter(mapper));
  }

  private ManagerJson() {}
}
