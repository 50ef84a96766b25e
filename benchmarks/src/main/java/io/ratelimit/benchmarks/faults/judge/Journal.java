package io.ratelimit.benchmarks.faults.judge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The journal of a process.
 *
 * @param process its name
 * @param entries the entries, in the order in which they were written
 */
public record Journal(String process, List<Entry> entries) {

  /** Copies the entries. */
  public Journal {
    entries = List.copyOf(entries);
  }

  /**
   * Reads a journal, even while it is being written. A missing file counts as an empty one, and an
   * incomplete last line is ignored.
   *
   * @throws IOException if it cannot be read
   */
  public static Journal read(String process, Path file) throws IOException {
    String text;
    try {
      text = Files.readString(file);
    } catch (NoSuchFileException notYet) {
      text = "";
    }
    String whole = text.substring(0, text.lastIndexOf('\n') + 1);
    return new Journal(process, whole.lines().map(Entry::parse).toList());
  }

  /** Returns the entries of a kind. */
  public <E extends Entry> Stream<E> all(Class<E> kind) {
    return entries.stream().filter(kind::isInstance).map(kind::cast);
  }
}
