package io.ratelimit.core.internal.history;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads and writes the JSON of stored rounds as maps, lists, texts, numbers and booleans, with
 * Jackson's streaming API alone. A null in an object counts as a missing field.
 */
final class Json {

  /** The deepest nesting that is read; no round nests this deep. */
  private static final int DEEPEST = 16;

  /** The longest number that is read; no number in a round is longer. */
  private static final int LONGEST_NUMBER = 40;

  /** Escapes everything but ASCII, so that a round stays on one line and a byte is a character. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEEPEST)
                  .maxNumberLength(LONGEST_NUMBER)
                  .build())
          .build();

  /** Writes an object made of maps, lists, texts and numbers on one line. */
  static String write(Map<String, ?> object) {
    StringWriter line = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(line)) {
      write(object, json);
    } catch (IOException impossible) {
      throw new UncheckedIOException("no device is written to", impossible);
    }
    return line.toString();
  }

  private static void write(Object value, JsonGenerator json) throws IOException {
    if (value instanceof Map<?, ?> map) {
      json.writeStartObject();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        json.writeFieldName(entry.getKey().toString());
        write(entry.getValue(), json);
      }
      json.writeEndObject();
    } else if (value instanceof List<?> list) {
      json.writeStartArray();
      for (Object element : list) {
        write(element, json);
      }
      json.writeEndArray();
    } else if (value instanceof Number) {
      json.writeNumber(
          value instanceof BigDecimal number ? number.toPlainString() : value.toString());
    } else {
      json.writeString(value.toString());
    }
  }

  /**
   * Reads an object.
   *
   * @throws IllegalArgumentException if the text is not a JSON object
   */
  static Map<String, Object> read(String text) {
    try (JsonParser json = JSON.createParser(text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("an object is expected");
      }
      Map<String, Object> object = object(json);
      if (json.nextToken() != null) {
        throw new IllegalArgumentException("the end is expected after the object");
      }
      return object;
    } catch (JacksonException damaged) {
      throw new IllegalArgumentException(damaged.getOriginalMessage(), damaged);
    } catch (IOException impossible) {
      throw new UncheckedIOException("no device is read from", impossible);
    }
  }

  private static Map<String, Object> object(JsonParser json) throws IOException {
    Map<String, Object> object = new LinkedHashMap<>();
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      if (json.nextToken() != JsonToken.VALUE_NULL) {
        object.put(name, value(json));
      }
    }
    return object;
  }

  private static List<Object> list(JsonParser json) throws IOException {
    List<Object> list = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      list.add(value(json));
    }
    return list;
  }

  private static Object value(JsonParser json) throws IOException {
    return switch (json.currentToken()) {
      case START_OBJECT -> object(json);
      case START_ARRAY -> list(json);
      case VALUE_TRUE, VALUE_FALSE -> json.getBooleanValue();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> json.getDecimalValue();
      case VALUE_STRING -> json.getText();
      default ->
          throw new IllegalArgumentException(
              "a value is expected but there is " + json.currentToken());
    };
  }

  private Json() {}
}
