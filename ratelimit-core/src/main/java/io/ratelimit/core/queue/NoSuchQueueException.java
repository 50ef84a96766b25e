package io.ratelimit.core.queue;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Printable;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Thrown when a queue should be opened or used only if it exists, and the store has none with that
 * name. Nothing was changed.
 */
public final class NoSuchQueueException extends QueueException {

  private static final long serialVersionUID = 1L;

  private final String queue;
  private final String[] similar;

  /**
   * Creates an exception.
   *
   * @param queue the name that no queue has
   * @param similar names of existing queues, the most similar first; empty if none is known
   */
  public NoSuchQueueException(String queue, List<String> similar) {
    super(message(queue, similar));
    this.queue = requireNonNull(queue, "queue");
    this.similar = similar.toArray(String[]::new);
  }

  private static String message(String queue, List<String> similar) {
    return "there is no queue "
        + Printable.quoted(queue)
        + (similar.isEmpty()
            ? "; nothing was changed"
            : similar.stream()
                .map(Printable::quoted)
                .collect(Collectors.joining(" or ", "; did you mean ", "?")));
  }

  /** Returns the name that no queue has. */
  public String queue() {
    return queue;
  }

  /** Returns names of existing queues, the most similar first; empty if none is known. */
  public List<String> similar() {
    return List.of(similar);
  }
}
