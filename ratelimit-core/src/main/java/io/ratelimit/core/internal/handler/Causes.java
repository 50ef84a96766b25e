package io.ratelimit.core.internal.handler;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** The causes of an exception. Pure; survives circular causes. */
public final class Causes {

  /** The most exceptions to examine: one may have been suppressed for each of many calls. */
  private static final int MOST = 1_000;

  /**
   * Returns the exception, its causes from the outermost to the innermost, then the suppressed
   * ones.
   */
  public static List<Throwable> of(Throwable thrown) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Throwable> found = new ArrayList<>();
    addChain(thrown, seen, found);
    for (int i = 0; i < found.size() && found.size() < MOST; i++) {
      for (Throwable suppressed : found.get(i).getSuppressed()) {
        addChain(suppressed, seen, found);
      }
    }
    return found;
  }

  private static void addChain(
      @Nullable Throwable outermost, Set<Throwable> seen, List<Throwable> found) {
    for (Throwable each = outermost; each != null && seen.add(each); each = cause(each)) {
      found.add(each);
    }
  }

  /** Returns the first exception that is not one of Java's own wrappers. */
  public static Throwable unwrapped(Throwable thrown) {
    return of(thrown).stream()
        .filter(each -> !isWrapper(each) || cause(each) == null)
        .findFirst()
        .orElse(thrown);
  }

  private static boolean isWrapper(Throwable each) {
    return each instanceof ExecutionException
        || each instanceof CompletionException
        || each instanceof UndeclaredThrowableException
        || each instanceof InvocationTargetException;
  }

  /** Returns the cause; a host's own exception may throw instead. */
  private static @Nullable Throwable cause(Throwable each) {
    try {
      return each.getCause();
    } catch (RuntimeException | Error broken) {
      return null;
    }
  }

  private Causes() {}
}
