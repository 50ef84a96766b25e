package io.ratelimit.core.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.history.Lines;
import io.ratelimit.core.internal.history.NewestRounds;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps rounds in a file of JSON lines, one per round, as {@link RoundRecord#toJson()} writes them.
 *
 * <p>Several processes on one machine may write the same file: a lock on {@code FILE.lock} lets one
 * write at a time. When half of the bytes are used, the file replaces {@code FILE.1} and a new file
 * begins. A reader skips a line that a crash cut off and counts it in {@link
 * HistoryPage#unreadable()}; the next round begins on a new line. A round is on disk when {@link
 * #append} returns. The time of a read grows with the size of the file. Thread-safe.
 */
public final class FileRoundHistory implements RoundHistory {

  /** The most bytes kept by default: 32 MiB. */
  public static final long DEFAULT_BYTES = 32L << 20;

  private static final int MOST_INTERRUPTIONS = 100;

  /** A JVM can hold only one lock on a file, so its threads take turns. */
  private static final Object ONE_AT_A_TIME = new Object();

  private final Path file;
  private final Path earlier;
  private final Path lock;
  private final long mostBytes;

  private FileRoundHistory(Path file, long mostBytes) {
    this.file = file;
    this.earlier = file.resolveSibling(file.getFileName() + ".1");
    this.lock = file.resolveSibling(file.getFileName() + ".lock");
    this.mostBytes = mostBytes;
  }

  /**
   * Returns the history in a file, with {@link #DEFAULT_BYTES}. The first round creates the file;
   * its directory must exist.
   */
  public static FileRoundHistory at(Path file) {
    return at(file, DEFAULT_BYTES);
  }

  /**
   * Returns the history in a file.
   *
   * @param file created by the first round; its directory must exist
   * @param mostBytes how many bytes the file and its predecessor may use together: at least four
   *     times {@link RoundRecord#MAX_BYTES}
   * @throws IllegalArgumentException if {@code mostBytes} is too small, or the path has no file
   *     name
   */
  public static FileRoundHistory at(Path file, long mostBytes) {
    if (requireNonNull(file, "file").getFileName() == null) {
      throw new IllegalArgumentException("a file must have a name but is " + file);
    }
    if (mostBytes < 4L * RoundRecord.MAX_BYTES) {
      throw new IllegalArgumentException(
          "the bytes of a history must be at least "
              + 4L * RoundRecord.MAX_BYTES
              + " but are "
              + mostBytes);
    }
    return new FileRoundHistory(file.toAbsolutePath(), mostBytes);
  }

  @Override
  public void append(RoundRecord round) {
    byte[] line = (round.toJson() + '\n').getBytes(UTF_8);
    try {
      uninterrupted(line);
    } catch (IOException failure) {
      throw new HistoryException("the round is not kept in " + file + ": " + failure, failure);
    }
  }

  /**
   * An interrupt closes the channel in mid-write, so the write is tried again: the round is kept.
   */
  private void uninterrupted(byte[] line) throws IOException {
    boolean interrupted = false;
    try {
      for (int tries = 1; ; tries++) {
        interrupted |= Thread.interrupted();
        try {
          appendLocked(line);
          return;
        } catch (ClosedByInterruptException | FileLockInterruptionException again) {
          if (tries == MOST_INTERRUPTIONS) {
            throw again;
          }
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void appendLocked(byte[] line) throws IOException {
    synchronized (ONE_AT_A_TIME) {
      try (FileChannel locking =
              FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock held = locking.lock()) {
        if (held.isValid() && size() + line.length + 1 > mostBytes / 2) {
          Files.move(file, earlier, StandardCopyOption.REPLACE_EXISTING);
        }
        write(line);
      }
    }
  }

  private long size() throws IOException {
    try {
      return Files.size(file);
    } catch (NoSuchFileException none) {
      return 0;
    }
  }

  private void write(byte[] line) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long end = channel.size();
      ByteBuffer bytes = ByteBuffer.allocate(line.length + 1);
      if (end > 0 && !endsWithLine(channel, end)) {
        bytes.put((byte) '\n');
      }
      bytes.put(line).flip();
      while (bytes.hasRemaining()) {
        end += channel.write(bytes, end);
      }
      channel.force(true);
    }
  }

  private static boolean endsWithLine(FileChannel channel, long end) throws IOException {
    ByteBuffer last = ByteBuffer.allocate(1);
    return channel.read(last, end - 1) == 1 && last.get(0) == '\n';
  }

  @Override
  public HistoryPage read(HistoryQuery query) {
    NewestRounds newest = new NewestRounds(query);
    // Open the newer file first: if it is renamed in between, its rounds are read twice and not
    // missed.
    List<InputStream> open = new ArrayList<>();
    try {
      open(file, open);
      open(earlier, open);
      for (int i = open.size() - 1; i >= 0; i--) {
        Lines.read(open.get(i), newest::line, newest::unreadable);
      }
      return newest.page();
    } catch (IOException failure) {
      throw new HistoryException("no rounds are read of " + file + ": " + failure, failure);
    } finally {
      open.forEach(FileRoundHistory::close);
    }
  }

  private static void open(Path path, List<InputStream> open) throws IOException {
    try {
      open.add(Files.newInputStream(path));
    } catch (NoSuchFileException none) {
      // No round was written to it yet.
    }
  }

  private static void close(InputStream in) {
    try {
      in.close();
    } catch (IOException read) {
      // The content has been read, so a failed close does no harm.
    }
  }
}
