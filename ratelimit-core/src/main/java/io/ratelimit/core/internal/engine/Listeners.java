package io.ratelimit.core.internal.engine;

import io.ratelimit.core.engine.EngineListener;
import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.queue.QueueUnavailableException;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells every listener, whatever the others do. */
public final class Listeners {

  private static final Logger LOG = LoggerFactory.getLogger(EngineListener.class);

  private final List<EngineListener> listeners;

  public Listeners(List<EngineListener> listeners) {
    this.listeners = List.copyOf(listeners);
  }

  void tell(Consumer<EngineListener> call) {
    for (EngineListener listener : listeners) {
      try {
        call.accept(listener);
      } catch (Throwable failure) {
        LOG.warn("a listener failed: {}", Printable.text(listener.toString()), failure);
      }
    }
  }

  void failed(String activity, Throwable failure) {
    if (failure instanceof QueueUnavailableException) {
      LOG.warn(
          "{} failed and will be tried again: {}",
          Printable.text(activity),
          Printable.text(String.valueOf(failure.getMessage())));
    } else {
      LOG.warn("{} failed and will be tried again", Printable.text(activity), failure);
    }
    tell(listener -> listener.failed(activity, failure));
  }
}
