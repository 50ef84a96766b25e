package io.ratelimit.cli.log;

import io.ratelimit.cli.shell.Texts;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.slf4j.event.Level;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.TypeConversionException;

/** The log options of every command. */
public final class LogOptions {

  private static final String LEVEL = "--log-level";
  private static final String FORMAT = "--log-format";

  /** Parses a word, ignoring case. */
  private record Word<T extends Enum<T>>(Class<T> type) implements ITypeConverter<T> {
    @Override
    public T convert(String text) {
      return Arrays.stream(type.getEnumConstants())
          .filter(value -> value.name().equalsIgnoreCase(text.strip()))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "must be one of "
                          + Arrays.stream(type.getEnumConstants())
                              .map(value -> value.name().toLowerCase(Locale.ROOT))
                              .collect(Collectors.joining(", "))
                          + " but is "
                          + Texts.quoted(text)));
    }
  }

  /** Makes a command and its subcommands accept and apply the options. */
  public static void use(CommandLine command) {
    addTo(command);
    IExecutionStrategy run = new RunLast();
    command.setExecutionStrategy(
        result -> {
          follow(result);
          try {
            return run.execute(result);
          } finally {
            LogProvider.LOG.tellAll();
          }
        });
  }

  private static void addTo(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    spec.addOption(
        OptionSpec.builder(LEVEL)
            .paramLabel("LEVEL")
            .type(Level.class)
            .converters(new Word<>(Level.class))
            .defaultValue("warn")
            .description(
                "What to log to standard error: error, warn, info, debug or trace."
                    + " From debug on, every repetition and every stack trace. Default:"
                    + " ${DEFAULT-VALUE}.")
            .build());
    spec.addOption(
        OptionSpec.builder(FORMAT)
            .paramLabel("FORMAT")
            .type(LogFormat.class)
            .converters(new Word<>(LogFormat.class))
            .defaultValue("text")
            .description(
                "The format of logs: text, or json with one object per line. Default:"
                    + " ${DEFAULT-VALUE}.")
            .build());
    command.getSubcommands().values().forEach(LogOptions::addTo);
  }

  private static void follow(ParseResult result) {
    ParseResult last = result;
    while (last.hasSubcommand()) {
      last = last.subcommand();
    }
    CommandSpec spec = last.commandSpec();
    Level level = spec.findOption(LEVEL).getValue();
    LogFormat format = spec.findOption(FORMAT).getValue();
    LogProvider.LOG.use(level, format);
  }

  private LogOptions() {}
}
