package io.ratelimit.cli.shell;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;
import java.util.Map;

/** Replaces the few non-ASCII characters that this command line uses. */
final class AsciiWriter extends FilterWriter {

  private static final Map<Character, String> REPLACEMENTS =
      Map.ofEntries(
          Map.entry('…', "..."),
          Map.entry('≤', "<="),
          Map.entry('≥', ">="),
          Map.entry('×', "x"),
          Map.entry('–', "-"),
          Map.entry('█', "#"),
          Map.entry('░', "."),
          Map.entry('│', "|"),
          Map.entry('┤', "|"),
          Map.entry('┆', ":"),
          Map.entry('└', "+"),
          Map.entry('┴', "+"),
          Map.entry('─', "-"));

  AsciiWriter(Writer writer) {
    super(writer);
  }

  @Override
  public void write(int character) throws IOException {
    out.write(REPLACEMENTS.getOrDefault((char) character, Character.toString((char) character)));
  }

  @Override
  public void write(char[] characters, int offset, int length) throws IOException {
    for (int i = offset; i < offset + length; i++) {
      write(characters[i]);
    }
  }

  @Override
  public void write(String text, int offset, int length) throws IOException {
    for (int i = offset; i < offset + length; i++) {
      write(text.charAt(i));
    }
  }
}
