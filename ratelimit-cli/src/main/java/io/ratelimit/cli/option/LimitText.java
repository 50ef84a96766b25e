package io.ratelimit.cli.option;

import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.limit.RateLimit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A limit on the command line.
 *
 * @param name the name of a named limit; empty for the queue's own
 * @param windows its windows; the queue's own limit has one
 */
record LimitText(Optional<String> name, List<RateLimit> windows) {

  /** From {@code 20/m}, or {@code account=100/10s,200000/d}. */
  static final class Converter implements ITypeConverter<LimitText> {
    @Override
    public LimitText convert(String text) {
      int equals = text.indexOf('=');
      if (equals < 0) {
        return new LimitText(Optional.empty(), List.of(new Converters.Limit().convert(text)));
      }
      return named(text, equals);
    }
  }

  /** From {@code account=100/10s,200000/d}. */
  static final class NamedConverter implements ITypeConverter<LimitText> {
    @Override
    public LimitText convert(String text) {
      int equals = text.indexOf('=');
      if (equals < 0) {
        throw new TypeConversionException(
            "looks like account=100/10s,200000/d but is " + Texts.quoted(text));
      }
      return named(text, equals);
    }
  }

  private static LimitText named(String text, int equals) {
    List<RateLimit> windows = new ArrayList<>();
    for (String window : text.substring(equals + 1).split(",", -1)) {
      windows.add(new Converters.Limit().convert(window));
    }
    return new LimitText(Optional.of(text.substring(0, equals).strip()), windows);
  }
}
