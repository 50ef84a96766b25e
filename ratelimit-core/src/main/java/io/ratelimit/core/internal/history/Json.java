package io.ratelimit.core.internal.history;

import io.ratelimit.core.internal.check.Printable;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The little JSON that stored rounds need: maps, lists, texts, numbers and truth. Core has no
 * library for it. A null in an object is as good as a missing field.
 */
final class Json {

  /** Deeper than any round, and far from the end of a stack. */
  private static final int DEEPEST = 16;

  /** No number of a round is longer; huge exponents are work without end. */
  private static final int LONGEST_NUMBER = 40;

  /** Stands for null while an object or a list is read. */
  private static final Object NULL = new Object();

  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  /** Writes a value made of {@code Map}, {@code List}, text, number and truth, on one line. */
  static String write(Object value) {
    StringBuilder text = new StringBuilder(512);
    write(value, text);
    return text.toString();
  }

  private static void write(Object value, StringBuilder text) {
    if (value instanceof Map<?, ?> map) {
      String separator = "{";
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        text.append(separator);
        quote(entry.getKey().toString(), text);
        text.append(':');
        write(entry.getValue(), text);
        separator = ",";
      }
      text.append(map.isEmpty() ? "{}" : "}");
    } else if (value instanceof List<?> list) {
      String separator = "[";
      for (Object element : list) {
        text.append(separator);
        write(element, text);
        separator = ",";
      }
      text.append(list.isEmpty() ? "[]" : "]");
    } else if (value instanceof Number || value instanceof Boolean) {
      text.append(value instanceof BigDecimal number ? number.toPlainString() : value);
    } else {
      quote(value.toString(), text);
    }
  }

  /** All but ASCII that is seen is escaped: a line stays a line, and a byte a character. */
  private static void quote(String value, StringBuilder text) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char character = value.charAt(i);
      if (character == '"' || character == '\\') {
        text.append('\\').append(character);
      } else if (character < ' ' || character > '~') {
        text.append("\\u").append(HexFormat.of().toHexDigits(character));
      } else {
        text.append(character);
      }
    }
    text.append('"');
  }

  /**
   * Reads an object.
   *
   * @throws IllegalArgumentException if the text is none
   */
  static Map<String, Object> read(String text) {
    Json json = new Json(text);
    Map<String, Object> object = json.object(0);
    json.skipBlank();
    if (json.at < text.length()) {
      throw json.unexpected("the end");
    }
    return object;
  }

  private Object value(int depth) {
    if (depth > DEEPEST) {
      throw unexpected("less depth");
    }
    skipBlank();
    char first = at < text.length() ? text.charAt(at) : ' ';
    return switch (first) {
      case '{' -> object(depth);
      case '[' -> list(depth);
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", NULL);
      default -> number();
    };
  }

  private Map<String, Object> object(int depth) {
    Map<String, Object> object = new LinkedHashMap<>();
    expect('{');
    if (isNext('}')) {
      return object;
    }
    do {
      skipBlank();
      String name = string();
      expect(':');
      Object value = value(depth + 1);
      if (value != NULL) {
        object.put(name, value);
      }
    } while (isNext(','));
    expect('}');
    return object;
  }

  private List<Object> list(int depth) {
    List<Object> list = new ArrayList<>();
    expect('[');
    if (isNext(']')) {
      return list;
    }
    do {
      Object value = value(depth + 1);
      if (value == NULL) {
        throw unexpected("an element");
      }
      list.add(value);
    } while (isNext(','));
    expect(']');
    return list;
  }

  private String string() {
    if (at >= text.length() || text.charAt(at) != '"') {
      throw unexpected("a text");
    }
    at++;
    StringBuilder value = new StringBuilder();
    while (at < text.length()) {
      char character = text.charAt(at++);
      if (character == '"') {
        return value.toString();
      }
      value.append(character == '\\' ? escaped() : character);
    }
    throw unexpected("the end of a text");
  }

  private char escaped() {
    char character = at < text.length() ? text.charAt(at++) : ' ';
    return switch (character) {
      case '"', '\\', '/' -> character;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unicode();
      default -> throw unexpected("an escape");
    };
  }

  private char unicode() {
    int code = 0;
    for (int i = 0; i < 4; i++) {
      int digit = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
      if (digit < 0) {
        throw unexpected("a hexadecimal digit");
      }
      code = code * 16 + digit;
      at++;
    }
    return (char) code;
  }

  private BigDecimal number() {
    int begin = at;
    while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    if (at == begin || at - begin > LONGEST_NUMBER) {
      throw unexpected("a value");
    }
    try {
      return new BigDecimal(text.substring(begin, at));
    } catch (NumberFormatException noNumber) {
      throw unexpected("a number");
    }
  }

  private Object word(String word, Object value) {
    if (!text.startsWith(word, at)) {
      throw unexpected("a value");
    }
    at += word.length();
    return value;
  }

  private boolean isNext(char character) {
    skipBlank();
    boolean next = at < text.length() && text.charAt(at) == character;
    at += next ? 1 : 0;
    return next;
  }

  private void expect(char character) {
    if (!isNext(character)) {
      throw unexpected("\"" + character + '"');
    }
  }

  private void skipBlank() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private IllegalArgumentException unexpected(String expected) {
    return new IllegalArgumentException(
        "expected "
            + expected
            + " at character "
            + (at + 1)
            + " of "
            + text.length()
            + ": "
            + Printable.quoted(text.substring(Math.max(0, Math.min(at, text.length()) - 20))));
  }
}
