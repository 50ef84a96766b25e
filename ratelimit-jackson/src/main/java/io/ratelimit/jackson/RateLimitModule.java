package io.ratelimit.jackson;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Payload;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.plan.Backlog;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.scaling.TypeHistory.ProcessingTimes;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * Lets a host's {@code ObjectMapper} write and read this library's values: events, answers of a
 * queue, statistics, reports, plans and settings. {@code findAndRegisterModules()} finds it. It
 * needs Jackson's modules for {@code java.util.Optional} and {@code java.time}.
 *
 * <p>A record becomes an object with a field per component, a payload a Base64 string, and an event
 * type used as a map key {@code name:priority:time}. A subtype of a sealed answer adds its name as
 * {@code is}. Not supported are types that hold code, exceptions or the internals of a limit:
 * failures and outcomes of attempts, states and decisions of a limit, and the inputs of scaling
 * policies.
 */
public final class RateLimitModule extends SimpleModule {

  private static final long serialVersionUID = 1L;

  private static final String PACKAGE = "io.ratelimit.core";

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
  private interface OneOfSeveral {}

  /** Creates the module. */
  public RateLimitModule() {
    super("ratelimit");
    setSerializerModifier(new OnlyComponents());
    addSerializer(Payload.class, new PayloadWriter());
    addDeserializer(Payload.class, new PayloadReader());
    addSerializer(ProcessingTimes.class, new TimesWriter());
    addDeserializer(ProcessingTimes.class, new TimesReader());
    addSerializer(Backlog.class, new BacklogWriter());
    addDeserializer(Backlog.class, new BacklogReader());
    addKeySerializer(EventType.class, new TypeKeyWriter());
    addKeyDeserializer(EventType.class, new TypeKeyReader());
    for (Class<?> several : List.of(TakeResult.class, AcquireResult.class)) {
      setMixInAnnotation(several, OneOfSeveral.class);
      for (Class<?> one : several.getPermittedSubclasses()) {
        registerSubtypes(new NamedType(one, one.getSimpleName()));
      }
    }
  }

  /** Serializes only the components of a record, not its derived properties. */
  private static final class OnlyComponents extends BeanSerializerModifier {
    private static final long serialVersionUID = 1L;

    @Override
    public List<BeanPropertyWriter> changeProperties(
        SerializationConfig config, BeanDescription bean, List<BeanPropertyWriter> properties) {
      Class<?> type = bean.getBeanClass();
      if (!type.isRecord() || !type.getName().startsWith(PACKAGE)) {
        return properties;
      }
      Set<String> components =
          Arrays.stream(type.getRecordComponents())
              .map(RecordComponent::getName)
              .collect(Collectors.toSet());
      return properties.stream()
          .filter(property -> components.contains(property.getMember().getName()))
          .toList();
    }
  }

  private static final class PayloadWriter extends JsonSerializer<Payload> {
    @Override
    public void serialize(Payload payload, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeBinary(payload.bytes());
    }
  }

  private static final class PayloadReader extends JsonDeserializer<Payload> {
    @Override
    public Payload deserialize(JsonParser json, DeserializationContext context) throws IOException {
      return Payload.ofBytes(json.getBinaryValue());
    }
  }

  private static final class TimesWriter extends JsonSerializer<ProcessingTimes> {
    @Override
    public void serialize(ProcessingTimes times, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      provider.defaultSerializeValue(times.counts(), json);
    }
  }

  private static final class TimesReader extends JsonDeserializer<ProcessingTimes> {
    private static final TypeReference<SortedMap<Integer, Long>> COUNTS = new TypeReference<>() {};

    @Override
    public ProcessingTimes deserialize(JsonParser json, DeserializationContext context)
        throws IOException {
      SortedMap<Integer, Long> counts =
          context.readValue(json, context.getTypeFactory().constructType(COUNTS));
      return ProcessingTimes.of(counts);
    }
  }

  private static final class BacklogWriter extends JsonSerializer<Backlog> {
    @Override
    public void serialize(Backlog backlog, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      provider.defaultSerializeValue(backlog.runs(), json);
    }
  }

  private static final class BacklogReader extends JsonDeserializer<Backlog> {
    private static final TypeReference<List<Backlog.Run>> RUNS = new TypeReference<>() {};

    @Override
    public Backlog deserialize(JsonParser json, DeserializationContext context) throws IOException {
      List<Backlog.Run> runs =
          context.readValue(json, context.getTypeFactory().constructType(RUNS));
      return Backlog.ofRuns(runs);
    }
  }

  /** Writes an event type as a map key; no part of it contains a colon. */
  private static final class TypeKeyWriter extends JsonSerializer<EventType> {
    @Override
    public void serialize(EventType type, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeFieldName(type.name() + ':' + type.priority() + ':' + type.processingTime());
    }
  }

  private static final class TypeKeyReader extends KeyDeserializer {
    @Override
    public Object deserializeKey(String key, DeserializationContext context) throws IOException {
      int time = key.lastIndexOf(':');
      int priority = key.lastIndexOf(':', time - 1);
      if (priority <= 0) {
        return context.handleWeirdKey(EventType.class, key, "is not name:priority:time");
      }
      try {
        return new EventType(
            key.substring(0, priority),
            Priority.valueOf(key.substring(priority + 1, time)),
            Duration.parse(key.substring(time + 1)));
      } catch (IllegalArgumentException | DateTimeException wrong) {
        return context.handleWeirdKey(EventType.class, key, "is not name:priority:time");
      }
    }
  }
}
