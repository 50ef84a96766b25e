package io.ratelimit.cli.shell;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jline.utils.AttributedString;

/** Shows lines and reads keys: a terminal, or a test's replacement. */
public interface Screen {

  /** Returns the current number of columns. */
  int columns();

  /** Returns the current number of rows. */
  int rows();

  /** Replaces the lines, as many as there are rows. */
  void show(List<AttributedString> lines);

  /** Waits up to a time for a key. */
  Optional<Key> key(Duration most);
}
