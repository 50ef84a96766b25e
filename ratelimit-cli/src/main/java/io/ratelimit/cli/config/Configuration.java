package io.ratelimit.cli.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.ratelimit.cli.shell.Causes;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Texts;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.text.similarity.LevenshteinDistance;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The values of options that the command line does not set: from the environment first, then from a
 * file. A key is the name of an option for all commands that have it, or with a command in front,
 * such as {@code system.speedup}, for that command. Immutable.
 */
public final class Configuration {

  /** The option that names the file. */
  static final String OPTION = "--config";

  // Duplicate keys and further documents must not be ignored silently.
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final String PREFIX = "RATELIMIT_";
  private static final String FILE_VARIABLE = PREFIX + "CONFIG";

  /** Variables of the launcher {@code bin/ratelimit}. */
  private static final Set<String> LAUNCHER = Set.of(PREFIX + "JAR", PREFIX + "JAVA_OPTS");

  private static final Set<String> NEVER = Set.of("help", "version", "config");

  /**
   * Options that confirm, widen or choose an action on events, or that show possible secrets: only
   * a person who types them can mean them.
   */
  private static final Set<String> TYPED_ONLY =
      Set.of("yes", "all", "terminate", "id", "wallet", "event-type", "reason", "show-payload");

  /** Further variables of options, which other programs use, too. */
  private static final Map<String, String> SHARED_VARIABLES =
      Map.of(
          "redis", "RATELIMIT_REDIS_URL",
          "temporal", "TEMPORAL_ADDRESS",
          "namespace", "TEMPORAL_NAMESPACE");

  private static final int MISSPELLED = 2;

  /**
   * A value and its source.
   *
   * @param value the value as on the command line
   * @param source the source, for people
   */
  public record Setting(String value, String source) {}

  private final Map<String, String> environment;
  private final Map<String, String> entries;
  private final String file;

  private Configuration(Map<String, String> environment, Map<String, String> entries, String file) {
    this.environment = environment;
    this.entries = entries;
    this.file = file;
  }

  /**
   * Returns the configuration for a command line.
   *
   * @param arguments may name a file with {@code --config}
   * @throws InputException if the file cannot be read or understood
   */
  public static Configuration of(Map<String, String> environment, String... arguments) {
    String file = environment.getOrDefault(FILE_VARIABLE, "");
    for (int i = 0; i < arguments.length && !arguments[i].equals("--"); i++) {
      if (arguments[i].equals(OPTION) && i + 1 < arguments.length) {
        file = arguments[i + 1];
      } else if (arguments[i].startsWith(OPTION + "=")) {
        file = arguments[i].substring(OPTION.length() + 1);
      }
    }
    Map<String, String> entries = file.isEmpty() ? Map.of() : read(file);
    return new Configuration(environment, entries, file);
  }

  private static Map<String, String> read(String file) {
    try (Reader reader = Files.newBufferedReader(Path.of(file))) {
      Map<String, String> entries = new LinkedHashMap<>();
      if (file.endsWith(".properties")) {
        Properties properties = new Properties();
        properties.load(reader);
        properties.forEach((key, value) -> entries.put(key.toString(), value.toString().strip()));
      } else {
        flatten("", YAML.readTree(reader), entries, file);
      }
      return entries;
    } catch (NoSuchFileException | InvalidPathException missing) {
      throw new InputException(OPTION + " " + Texts.quoted(file) + " does not exist");
    } catch (JacksonException bad) {
      throw new InputException(
          OPTION
              + " "
              + Texts.quoted(file)
              + " is not YAML: see line "
              // The original message would show the contents, possibly a password.
              + bad.getLocation().getLineNr()
              + ", column "
              + bad.getLocation().getColumnNr());
    } catch (IOException | IllegalArgumentException unreadable) {
      throw new InputException(
          OPTION + " " + Texts.quoted(file) + " cannot be read: " + Causes.told(unreadable));
    }
  }

  private static void flatten(
      String prefix, JsonNode node, Map<String, String> entries, String file) {
    if (node.isObject()) {
      node.properties()
          .forEach(
              field ->
                  flatten(
                      prefix.isEmpty() ? field.getKey() : prefix + '.' + field.getKey(),
                      field.getValue(),
                      entries,
                      file));
    } else if (node.isValueNode() && !node.isNull() && !prefix.isEmpty()) {
      if (entries.putIfAbsent(prefix, node.asText()) != null) {
        throw new InputException(
            OPTION + " " + Texts.quoted(file) + ": " + prefix + " appears twice");
      }
    } else if (!node.isMissingNode() && !node.isNull()) {
      throw new InputException(
          OPTION
              + " "
              + Texts.quoted(file)
              + (prefix.isEmpty()
                  ? " must be keys and values"
                  : ": " + prefix + " must be one value"));
    }
  }

  /** Returns the setting of a command's option, if any. */
  public Optional<Setting> find(CommandSpec command, OptionSpec option) {
    String name = name(option);
    if (NEVER.contains(name) || TYPED_ONLY.contains(name)) {
      return Optional.empty();
    }
    for (String variable : List.of(variable(name), SHARED_VARIABLES.getOrDefault(name, ""))) {
      // An empty value removes the setting.
      String value = environment.getOrDefault(variable, "");
      if (!value.isEmpty()) {
        return Optional.of(new Setting(value, "environment " + variable));
      }
    }
    for (String key : new String[] {path(command) + name, name}) {
      if (entries.containsKey(key)) {
        return Optional.of(new Setting(entries.get(key), file + ", " + key));
      }
    }
    return Optional.empty();
  }

  private static String variable(String name) {
    return PREFIX + name.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  /** Returns an option's name without dashes. */
  static String name(OptionSpec option) {
    return option.longestName().replaceFirst("^-+", "");
  }

  private static String path(CommandSpec command) {
    CommandLine parent = command.parent() == null ? null : command.parent().commandLine();
    return parent == null ? "" : path(parent.getCommandSpec()) + command.name() + '.';
  }

  /**
   * Rejects keys that no command has.
   *
   * @throws InputException if there is one
   */
  public void requireKnown(CommandSpec root) {
    Set<String> known = new TreeSet<>();
    collect(root, known);
    for (String key : entries.keySet()) {
      if (TYPED_ONLY.contains(key.substring(key.lastIndexOf('.') + 1))) {
        throw new InputException(
            OPTION
                + " "
                + Texts.quoted(file)
                + ": "
                + key
                + " can be given on the command line only");
      }
      if (!known.contains(key)) {
        throw new InputException(
            OPTION
                + " "
                + Texts.quoted(file)
                + ": unknown key "
                + Texts.quoted(key)
                + "; did you mean "
                + nearest(key, known)
                + "?");
      }
    }
  }

  private static void collect(CommandSpec command, Set<String> known) {
    for (OptionSpec option : command.options()) {
      if (!NEVER.contains(name(option)) && !TYPED_ONLY.contains(name(option))) {
        known.add(name(option));
        known.add(path(command) + name(option));
      }
    }
    command.subcommands().values().forEach(each -> collect(each.getCommandSpec(), known));
  }

  /** Returns warnings about variables that look like settings but have no effect. */
  public List<String> warnings(CommandSpec root) {
    Set<String> names = new TreeSet<>();
    collect(root, names);
    Set<String> known = new TreeSet<>(SHARED_VARIABLES.values());
    known.add(FILE_VARIABLE);
    known.addAll(LAUNCHER);
    names.forEach(name -> known.add(variable(name.substring(name.lastIndexOf('.') + 1))));
    List<String> warnings = new ArrayList<>();
    for (String name : new TreeSet<>(environment.keySet())) {
      if (name.startsWith(PREFIX) && !known.contains(name)) {
        warning(name, known).ifPresent(warnings::add);
      }
    }
    return warnings;
  }

  private static Optional<String> warning(String variable, Set<String> known) {
    if (TYPED_ONLY.stream().anyMatch(name -> variable(name).equals(variable))) {
      return Optional.of(
          "the variable " + variable + " has no effect: give that on the command line");
    }
    String similar = nearest(variable, known);
    return LevenshteinDistance.getDefaultInstance().apply(variable, similar) <= MISSPELLED
        ? Optional.of("the variable " + variable + " has no effect; did you mean " + similar + "?")
        : Optional.empty();
  }

  private static String nearest(String key, Set<String> known) {
    LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
    return known.stream()
        .min(Comparator.comparing(each -> distance.apply(key, each)))
        .orElseThrow();
  }
}
