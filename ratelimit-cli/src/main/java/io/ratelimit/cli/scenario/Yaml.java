package io.ratelimit.cli.scenario;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Texts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.TypeConversionException;

/**
 * A value in a YAML document with its position, so that errors can name the line. Documents are
 * single, without aliases, and bounded in depth.
 */
final class Yaml {

  private static final YAMLFactory FACTORY = new YAMLFactory();
  private static final int DEEPEST = 12;

  private final String file;
  private final int line;
  private final String path;
  private final @Nullable String text;
  private final @Nullable Map<String, Yaml> fields;
  private final @Nullable List<Yaml> items;

  private Yaml(
      String file,
      int line,
      String path,
      @Nullable String text,
      @Nullable Map<String, Yaml> fields,
      @Nullable List<Yaml> items) {
    this.file = file;
    this.line = line;
    this.path = path;
    this.text = text;
    this.fields = fields;
    this.items = items;
  }

  /**
   * Reads a document.
   *
   * @param file the name of the file
   * @throws InputException if it is not YAML, or not a single document of keys and values
   */
  static Yaml read(String file, String content) {
    try (YAMLParser parser = FACTORY.createParser(content)) {
      if (parser.nextToken() == null) {
        throw new InputException(file + " is empty; docs/simulator.md says what belongs there");
      }
      Yaml document = value(parser, file, "", 0);
      if (parser.nextToken() != null) {
        throw new InputException(
            file + ", line " + line(parser) + ": a second document; a file is one scenario");
      }
      return document;
    } catch (JsonProcessingException bad) {
      throw new InputException(
          file
              + " is not YAML: see line "
              + bad.getLocation().getLineNr()
              + ", column "
              + bad.getLocation().getColumnNr());
    } catch (IOException impossible) {
      throw new AssertionError("a text cannot be read", impossible);
    }
  }

  private static int line(JsonParser parser) {
    return parser.currentTokenLocation().getLineNr();
  }

  private static Yaml value(YAMLParser parser, String file, String path, int depth)
      throws IOException {
    int line = line(parser);
    if (parser.isCurrentAlias() || depth > DEEPEST) {
      throw new InputException(
          file
              + ", line "
              + line
              + (depth > DEEPEST
                  ? ": nested too deeply"
                  : ": aliases (*name) are not supported; write the value again"));
    }
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      Map<String, Yaml> fields = new LinkedHashMap<>();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        int at = line(parser);
        parser.nextToken();
        Yaml value = value(parser, file, path.isEmpty() ? name : path + '.' + name, depth + 1);
        if (fields.put(name, value) != null) {
          throw new InputException(
              file + ", line " + at + ": " + Texts.quoted(name) + " is there twice");
        }
      }
      return new Yaml(file, line, path, null, fields, null);
    }
    if (parser.currentToken() == JsonToken.START_ARRAY) {
      List<Yaml> items = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        items.add(value(parser, file, path + '[' + (items.size() + 1) + ']', depth + 1));
      }
      return new Yaml(file, line, path, null, null, items);
    }
    String text = parser.currentToken() == JsonToken.VALUE_NULL ? "" : parser.getText();
    return new Yaml(file, line, path, text, null, null);
  }

  /** Returns an exception for an error at this value. */
  InputException wrong(String what) {
    return new InputException(
        file + ", line " + line + ": " + (path.isEmpty() ? "" : path + " ") + what);
  }

  String path() {
    return path;
  }

  boolean isText() {
    return text != null;
  }

  /** Returns the values by key; rejects unknown keys, naming the most similar one. */
  Map<String, Yaml> fields(Set<String> known) {
    Map<String, Yaml> all = fields();
    all.forEach(
        (name, value) -> {
          if (!known.contains(name)) {
            LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
            String nearest =
                known.stream()
                    .min(
                        Comparator.comparingInt((String each) -> distance.apply(name, each))
                            .thenComparing(Comparator.naturalOrder()))
                    .orElseThrow();
            throw new InputException(
                file
                    + ", line "
                    + value.line
                    + ": unknown key "
                    + Texts.quoted(name)
                    + (path.isEmpty() ? "" : " in " + path)
                    + "; did you mean "
                    + nearest
                    + "?");
          }
        });
    return all;
  }

  /** Returns the values by key, whatever the keys are. */
  Map<String, Yaml> fields() {
    if (fields == null) {
      throw wrong("must be keys and values");
    }
    return fields;
  }

  /** Returns the values of a list of bounded length. */
  List<Yaml> items(int most) {
    if (items == null) {
      throw wrong("must be a list, each entry behind a dash");
    }
    if (items.size() > most) {
      throw wrong("must have at most " + most + " entries but has " + items.size());
    }
    return items;
  }

  String text() {
    if (text == null || text.isBlank()) {
      throw wrong("must be one value");
    }
    return text.strip();
  }

  /** Converts a text; errors of the function name the line. */
  <T> T as(Function<String, T> meaning) {
    String value = text();
    try {
      return meaning.apply(value);
    } catch (IllegalArgumentException | TypeConversionException refused) {
      throw wrong("is refused: " + refused.getMessage());
    }
  }

  /** Runs an action that may reject this value; errors name the line. */
  <T> T checked(Supplier<T> action) {
    try {
      return action.get();
    } catch (IllegalArgumentException refused) {
      throw wrong("is refused: " + refused.getMessage());
    }
  }

  /** Returns a whole number in a range. */
  int number(int least, int most) {
    String value = text();
    if (value.matches("\\d{1,9}")) {
      int number = Integer.parseInt(value);
      if (number >= least && number <= most) {
        return number;
      }
    }
    throw wrong(
        "must be a whole number from " + least + " to " + most + " but is " + Texts.quoted(value));
  }

  /** Returns a real number in a range. */
  double real(double least, double most) {
    String value = text();
    if (value.matches("\\d{1,9}(\\.\\d{1,9})?")) {
      double number = Double.parseDouble(value);
      if (number >= least && number <= most) {
        return number;
      }
    }
    throw wrong(
        "must be a number from "
            + Texts.number(least)
            + " to "
            + Texts.number(most)
            + " but is "
            + Texts.quoted(value));
  }

  static <T> Optional<T> optional(
      Map<String, Yaml> fields, String name, Function<Yaml, T> meaning) {
    return Optional.ofNullable(fields.get(name)).map(meaning);
  }

  /** Returns the value of a required key. */
  Yaml required(Map<String, Yaml> fields, String name) {
    Yaml value = fields.get(name);
    if (value == null) {
      throw wrong("needs " + name);
    }
    return value;
  }
}
