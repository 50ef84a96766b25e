package io.ratelimit.cli.shell;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.databind.util.NameTransformer;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.report.Lateness;
import io.ratelimit.core.report.RoundReport;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Prints results as JSON for scripts: durations are seconds, in fields with names that end in
 * {@code Seconds}; limits are strings like {@code 20/min}; instants are in ISO 8601; missing values
 * and numbers that are not finite are {@code null}. Only ASCII, so that no locale can spoil it.
 */
public final class Json {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .addModule(new Jdk8Module())
          .addModule(
              new SimpleModule()
                  .addSerializer(Duration.class, new InSeconds())
                  .addSerializer(RateLimit.class, new ToStringSerializer())
                  .addSerializer(Double.class, new WhereFinite(Double.class))
                  .addSerializer(Double.TYPE, new WhereFinite(Double.TYPE))
                  .setSerializerModifier(new NamesOfDurations()))
          .addMixIn(RoundReport.class, WithVerdict.class)
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .build();

  public static String write(Object value) {
    return write(MAPPER.writer(), value);
  }

  /** Returns JSON on one line. */
  public static String line(Object value) {
    return write(MAPPER.writer().without(SerializationFeature.INDENT_OUTPUT), value);
  }

  private static String write(ObjectWriter writer, Object value) {
    try {
      return writer.writeValueAsString(value);
    } catch (JsonProcessingException bug) {
      throw new AssertionError("a result cannot be written as JSON: " + value, bug);
    }
  }

  /** Adds the computed values of a report. */
  private interface WithVerdict {
    @JsonProperty
    Optional<Boolean> limitHeld();

    @JsonProperty
    Optional<Lateness> lateness();
  }

  private static final class InSeconds extends StdSerializer<Duration> {
    InSeconds() {
      super(Duration.class);
    }

    @Override
    public void serialize(Duration value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeNumber(Texts.seconds(value));
    }
  }

  private static final class WhereFinite extends StdSerializer<Double> {
    WhereFinite(Class<Double> type) {
      super(type);
    }

    @Override
    public void serialize(Double value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      if (Double.isFinite(value)) {
        json.writeNumber(value);
      } else {
        json.writeNull();
      }
    }
  }

  private static final class NamesOfDurations extends BeanSerializerModifier {
    private static final NameTransformer WITH_UNIT =
        NameTransformer.simpleTransformer("", "Seconds");

    @Override
    public List<BeanPropertyWriter> changeProperties(
        SerializationConfig config, BeanDescription bean, List<BeanPropertyWriter> properties) {
      return properties.stream()
          .map(property -> isDuration(property) ? property.rename(WITH_UNIT) : property)
          .toList();
    }

    private static boolean isDuration(BeanPropertyWriter property) {
      return property.getType().hasRawClass(Duration.class)
          || (property.getType().isReferenceType()
              && property.getType().getReferencedType().hasRawClass(Duration.class));
    }
  }

  private Json() {}
}
