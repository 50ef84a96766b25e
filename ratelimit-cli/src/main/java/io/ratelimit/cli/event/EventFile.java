package io.ratelimit.cli.event;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Payload;
import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.plan.Backlog;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads audit events from JSON Lines: one object per line, in UTF-8. Blank lines are skipped.
 *
 * <pre>{@code
 * {"id":"evt-1","type":"OPEN_ORDER_DETECTED","walletId":"wallet-7","payload":{"any":"JSON"}}
 * }</pre>
 *
 * <p>{@code id}, {@code type} and {@code walletId} are required; {@code payload} (any JSON), {@code
 * attributes} (an object of strings) and {@code weight} (permits for one attempt) are optional.
 * Other fields are ignored but counted. No line is dropped silently: each is an event or a problem.
 */
final class EventFile {

  /** The longest line, in bytes. */
  static final int LONGEST_LINE = 1 << 20;

  /** The most bad lines to report one by one. */
  static final int MOST_TOLD = 20;

  private static final int LONGEST_REASON = 500;

  private static final Set<String> FIELDS =
      Set.of("id", "type", "walletId", "payload", "attributes", "weight");

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          // Keeps a payload's numbers as they are written.
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  /**
   * Why a line is not an event.
   *
   * @param line the line's number, from 1
   * @param reason what is wrong with it
   */
  record Problem(long line, String reason) {}

  /**
   * The contents of a file.
   *
   * @param events the events, in order
   * @param problems the first bad lines, in order
   * @param badLines the number of bad lines
   * @param ignoredFields the number of lines with each ignored field
   */
  record Content(
      List<AuditEvent> events,
      List<Problem> problems,
      long badLines,
      Map<String, Integer> ignoredFields) {}

  /** A line that is not an event; the message says why. */
  private static final class BadLine extends Exception {
    private static final long serialVersionUID = 1L;

    BadLine(String reason) {
      super(reason);
    }

    String reason() {
      return String.valueOf(getMessage());
    }
  }

  private final Function<String, EventType> types;
  private final RateLimit limit;
  private final List<AuditEvent> events = new ArrayList<>();
  private final int longestId;
  private final List<Problem> problems = new ArrayList<>();
  private long badLines;
  private final Map<String, Integer> ignoredFields = new LinkedHashMap<>();
  private final Map<String, Long> lineById = new HashMap<>();

  private EventFile(Function<String, EventType> types, RateLimit limit, int longestId) {
    this.types = types;
    this.limit = limit;
    this.longestId = longestId;
  }

  /**
   * Reads all lines.
   *
   * @param types returns the type with a name
   * @param limit the limit that events' weights must fit
   * @param longestId the longest id, in characters
   */
  static Content read(
      InputStream input, Function<String, EventType> types, RateLimit limit, int longestId)
      throws IOException {
    EventFile file = new EventFile(types, limit, longestId);
    Lines lines = new Lines(input);
    for (long number = 1; lines.next(); number++) {
      try {
        file.line(number, lines.current());
      } catch (BadLine bad) {
        file.badLines++;
        if (file.problems.size() < MOST_TOLD) {
          file.problems.add(new Problem(number, Printable.cut(bad.reason(), LONGEST_REASON)));
        }
      }
    }
    return new Content(file.events, file.problems, file.badLines, file.ignoredFields);
  }

  private void line(long number, Optional<byte[]> bytes) throws BadLine {
    if (bytes.isEmpty()) {
      throw new BadLine("is longer than " + LONGEST_LINE + " bytes");
    }
    String text = text(number, bytes.get());
    if (text.isBlank()) {
      return;
    }
    JsonNode json = json(text);
    AuditEvent event = event(json);
    Long earlier = lineById.putIfAbsent(event.id(), number);
    if (earlier != null) {
      throw new BadLine("id " + Texts.quoted(event.id()) + " is already on line " + earlier);
    }
    if (events.size() == Backlog.MAX_EVENTS) {
      throw new BadLine("is one event more than " + Backlog.MAX_EVENTS);
    }
    events.add(event);
    json.fieldNames()
        .forEachRemaining(
            name -> {
              if (!FIELDS.contains(name)) {
                ignoredFields.merge(name, 1, Integer::sum);
              }
            });
  }

  private static String text(long number, byte[] bytes) throws BadLine {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return number == 1 && text.startsWith("\ufeff") ? text.substring(1) : text;
    } catch (CharacterCodingException malformed) {
      throw new BadLine("is not UTF-8");
    }
  }

  private static JsonNode json(String text) throws BadLine {
    JsonNode json;
    try {
      json = MAPPER.readTree(text);
    } catch (JacksonException malformed) {
      throw new BadLine("is not JSON: " + reason(malformed));
    }
    if (!json.isObject()) {
      throw new BadLine(
          "must be an object like {\"id\":…,\"type\":…,\"walletId\":…} but is " + shown(json));
    }
    return json;
  }

  /** Returns Jackson's finding, without its hints about its own settings. */
  private static String reason(JacksonException malformed) {
    String message = malformed.getOriginalMessage().lines().findFirst().orElse("");
    int detail = message.indexOf(" (start marker at");
    JsonLocation at = malformed.getLocation();
    return (detail < 0 ? message : message.substring(0, detail))
        + (at == null ? "" : ", at column " + at.getColumnNr());
  }

  private AuditEvent event(JsonNode json) throws BadLine {
    String id = string(json, "id");
    if (id.length() > longestId) {
      throw new BadLine(
          "\"id\" must have at most "
              + longestId
              + " characters"
              + (longestId < AuditEvent.MAX_ID_LENGTH
                  ? " here, because the round's name is put before it,"
                  : "")
              + " but has "
              + id.length());
    }
    String typeName = string(json, "type");
    String walletId = string(json, "walletId");
    Map<String, String> attributes = attributes(json);
    int weight = weight(json);
    JsonNode payload = json.get("payload");
    try {
      return new AuditEvent(
          id,
          types.apply(typeName),
          walletId,
          payload == null ? Payload.empty() : payload(payload),
          attributes,
          weight);
    } catch (IllegalArgumentException refused) {
      throw new BadLine(String.valueOf(refused.getMessage()));
    }
  }

  /** Returns the payload as in the line; rejects characters that UTF-8 would replace silently. */
  private static Payload payload(JsonNode json) throws BadLine {
    String text = json.toString();
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new BadLine("\"payload\" must be well-formed but has half a surrogate pair");
    }
    return Payload.ofText(text);
  }

  private static String string(JsonNode json, String field) throws BadLine {
    JsonNode value = json.get(field);
    if (value == null) {
      throw new BadLine("\"" + field + "\" is missing");
    }
    if (!value.isTextual()) {
      throw new BadLine("\"" + field + "\" must be a string but is " + shown(value));
    }
    return value.textValue();
  }

  private static Map<String, String> attributes(JsonNode json) throws BadLine {
    JsonNode attributes = json.get("attributes");
    if (attributes == null) {
      return Map.of();
    }
    if (!attributes.isObject()) {
      throw new BadLine("\"attributes\" must be an object but is " + shown(attributes));
    }
    Map<String, String> result = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> attribute : attributes.properties()) {
      if (!attribute.getValue().isTextual()) {
        throw new BadLine(
            "attribute "
                + Texts.quoted(attribute.getKey())
                + " must be a string but is "
                + shown(attribute.getValue()));
      }
      result.put(attribute.getKey(), attribute.getValue().textValue());
    }
    return result;
  }

  private int weight(JsonNode json) throws BadLine {
    JsonNode weight = json.get("weight");
    if (weight == null) {
      return 1;
    }
    int most = Math.min(limit.permits(), AuditEvent.MAX_WEIGHT);
    if (!weight.isIntegralNumber() || !weight.canConvertToInt()) {
      throw new BadLine("\"weight\" must be a whole number but is " + shown(weight));
    }
    if (weight.intValue() < 1 || weight.intValue() > most) {
      throw new BadLine(
          "\"weight\" must be 1 to the permits of --limit, " + most + ", but is " + shown(weight));
    }
    return weight.intValue();
  }

  private static String shown(JsonNode value) {
    return value.isTextual() ? Texts.quoted(value.textValue()) : clipped(value.toString());
  }

  private static String clipped(String json) {
    String quoted = Texts.quoted(json);
    return quoted.substring(1, quoted.length() - 1);
  }

  /** The lines of a stream; discards lines that are too long. */
  private static final class Lines {
    private final InputStream input;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private boolean tooLong;

    Lines(InputStream input) {
      this.input = new BufferedInputStream(input, 1 << 16);
    }

    /** Goes to the next line, if there is one. */
    boolean next() throws IOException {
      line.reset();
      tooLong = false;
      int next = input.read();
      if (next < 0) {
        return false;
      }
      for (; next >= 0 && next != '\n'; next = input.read()) {
        if (line.size() < LONGEST_LINE) {
          line.write(next);
        } else {
          tooLong = true;
        }
      }
      return true;
    }

    /** Returns the line without its end; empty if it is too long. */
    Optional<byte[]> current() {
      return tooLong ? Optional.empty() : Optional.of(line.toByteArray());
    }
  }
}
