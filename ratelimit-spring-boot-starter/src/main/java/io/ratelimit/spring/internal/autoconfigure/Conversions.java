package io.ratelimit.spring.internal.autoconfigure;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.Confidence;
import io.ratelimit.core.scaling.WorkerRange;
import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.core.convert.converter.Converter;

/**
 * Converts the strings of properties. Named classes, not lambdas: Spring reads their type
 * arguments.
 */
final class Conversions {

  /** {@code 20/m}. */
  static final class ToRateLimit implements Converter<String, RateLimit> {
    @Override
    public RateLimit convert(String text) {
      return RateLimit.parse(text);
    }
  }

  /** {@code 1-10}, or {@code 4} for exactly four. */
  static final class ToWorkerRange implements Converter<String, WorkerRange> {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,9})(?:\\s*-\\s*(\\d{1,9}))?");

    @Override
    public WorkerRange convert(String text) {
      Matcher matcher = TEXT.matcher(text.strip());
      if (!matcher.matches()) {
        throw new IllegalArgumentException(
            "a range of workers must look like 1-10 or 4 but is \"" + text + '"');
      }
      int min = Integer.parseInt(matcher.group(1));
      return new WorkerRange(
          min, matcher.group(2) == null ? min : Integer.parseInt(matcher.group(2)));
    }
  }

  /** {@code 99.9%} or {@code 0.999}. */
  static final class ToConfidence implements Converter<String, Confidence> {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,9})?)\\s*(%?)");

    @Override
    public Confidence convert(String text) {
      Matcher matcher = TEXT.matcher(text.strip());
      if (!matcher.matches()) {
        throw new IllegalArgumentException(
            "a confidence must look like 99.9% or 0.999 but is \"" + text + '"');
      }
      BigDecimal number = new BigDecimal(matcher.group(1));
      boolean percent = !matcher.group(2).isEmpty();
      return new Confidence((percent ? number.movePointLeft(2) : number).doubleValue());
    }
  }

  private Conversions() {}
}
