package io.ratelimit.core.internal.history;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads the fields of a parsed JSON object as values of the requested kind. */
final class Fields {

  private final Map<?, ?> fields;

  private Fields(Map<?, ?> fields) {
    this.fields = fields;
  }

  static Fields of(Object value) {
    if (value instanceof Map<?, ?> map) {
      return new Fields(map);
    }
    throw new IllegalArgumentException("an object is expected but there is " + value);
  }

  boolean has(String name) {
    return fields.containsKey(name);
  }

  Map<?, ?> all() {
    return fields;
  }

  private Object value(String name) {
    Object value = fields.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the field \"" + name + "\" is missing");
    }
    return value;
  }

  /** Returns the result of reading a field; empty if the field is missing. */
  <T> Optional<T> optional(String name, Function<String, T> field) {
    return has(name) ? Optional.of(field.apply(name)) : Optional.empty();
  }

  Fields object(String name) {
    return of(value(name));
  }

  List<?> list(String name) {
    return listOf(value(name));
  }

  static List<?> listOf(Object value) {
    if (value instanceof List<?> list) {
      return list;
    }
    throw new IllegalArgumentException("a list is expected but there is " + value);
  }

  String text(String name) {
    return textOf(value(name));
  }

  static String textOf(Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("a text is expected but there is " + value);
  }

  private static BigDecimal number(Object value) {
    // A huge exponent would expand to an enormous number of digits.
    if (value instanceof BigDecimal number
        && Math.abs((long) number.scale()) <= 400
        && number.precision() <= 60) {
      return number;
    }
    throw new IllegalArgumentException("a number is expected but there is " + value);
  }

  long whole(String name) {
    return wholeOf(value(name));
  }

  static long wholeOf(Object value) {
    try {
      return number(value).longValueExact();
    } catch (ArithmeticException none) {
      throw new IllegalArgumentException("a whole number is expected but there is " + value, none);
    }
  }

  double real(String name) {
    return realOf(value(name));
  }

  static double realOf(Object value) {
    return number(value).doubleValue();
  }

  Duration seconds(String name) {
    BigDecimal seconds = number(value(name));
    try {
      long whole = seconds.toBigInteger().longValueExact();
      int nanos =
          seconds.subtract(BigDecimal.valueOf(whole)).movePointRight(9).toBigInteger().intValue();
      return Duration.ofSeconds(whole, nanos);
    } catch (ArithmeticException tooMany) {
      throw new IllegalArgumentException("so many seconds are no duration: " + seconds, tooMany);
    }
  }

  static BigDecimal seconds(Duration duration) {
    return BigDecimal.valueOf(duration.getSeconds())
        .add(BigDecimal.valueOf(duration.getNano(), 9))
        .stripTrailingZeros();
  }

  Instant instant(String name) {
    String text = text(name);
    try {
      return Instant.parse(text);
    } catch (DateTimeException none) {
      throw new IllegalArgumentException("a time is expected but there is " + text, none);
    }
  }
}
