package io.ratelimit.benchmarks.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ratelimit.benchmarks.faults.judge.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes a journal. Each line is written at once, so it remains when the process is killed.
 * Thread-safe.
 */
final class JournalWriter {

  private final FileChannel file;

  JournalWriter(Path path) throws IOException {
    this.file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  synchronized void write(Entry entry) {
    ByteBuffer line = ByteBuffer.wrap((entry.line() + "\n").getBytes(UTF_8));
    try {
      while (line.hasRemaining()) {
        int unused = file.write(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the journal cannot be written", e);
    }
  }
}
