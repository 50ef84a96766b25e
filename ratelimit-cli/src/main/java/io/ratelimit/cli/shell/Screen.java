package io.ratelimit.cli.shell;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jline.utils.AttributedString;

/** What shows lines and tells of keys: a terminal, or a test in its place. */
public interface Screen {

  /** Returns how many columns it has now. */
  int columns();

  /** Returns how many rows it has now. */
  int rows();

  /** Shows these lines in place of those before, as many as there are rows. */
  void show(List<AttributedString> lines);

  /** Waits so long for a key. */
  Optional<Key> key(Duration most);
}
