package io.ratelimit.http.answer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.filter.FilteringParserDelegate;
import com.fasterxml.jackson.core.filter.JsonPointerBasedFilter;
import com.fasterxml.jackson.core.filter.TokenFilter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The first {@value #LONGEST} bytes of an answer's body. Whatever they hold, reading them never
 * throws. Thread-safe.
 */
public final class AnswerBody {

  /** How many bytes are kept. */
  public static final int LONGEST = 64 * 1024;

  /** A body without content. */
  public static final AnswerBody EMPTY = new AnswerBody(new byte[0]);

  private static final JsonFactory JSON = new JsonFactory();

  private final byte[] bytes;

  /** Cached, because several rules read the same place. */
  private final Map<String, Optional<String>> found = new ConcurrentHashMap<>();

  private AnswerBody(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Copies the beginning of a body. */
  public static AnswerBody of(byte[] body) {
    return new AnswerBody(Arrays.copyOf(body, Math.min(body.length, LONGEST)));
  }

  /** Returns the body as UTF-8, with a replacement character for what is not. */
  public String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /**
   * Returns the text, number or boolean at a place in the body, as text. Empty if the body is not
   * JSON, if that place holds an object, an array, {@code null} or nothing, or if it is beyond the
   * kept bytes.
   *
   * @param pointer a JSON pointer (RFC 6901), like {@code /error/0}
   * @throws IllegalArgumentException if it is not one
   */
  public Optional<String> at(String pointer) {
    return found.computeIfAbsent(pointer, this::find);
  }

  private Optional<String> find(String pointer) {
    TokenFilter filter = new JsonPointerBasedFilter(JsonPointer.compile(pointer));
    try (JsonParser parser =
        new FilteringParserDelegate(
            JSON.createParser(bytes), filter, TokenFilter.Inclusion.ONLY_INCLUDE_ALL, false)) {
      JsonToken token = parser.nextToken();
      return token == null || !token.isScalarValue() || token == JsonToken.VALUE_NULL
          ? Optional.empty()
          : Optional.of(parser.getText());
    } catch (IOException notJson) {
      return Optional.empty();
    }
  }
}
