package io.ratelimit.core.internal.engine;

import io.ratelimit.core.engine.EngineListener;
import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.internal.log.RepeatedWarnings;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.core.time.Time;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notifies every listener, even if others fail. */
public final class Listeners {

  private static final Logger LOG = LoggerFactory.getLogger(EngineListener.class);

  private final List<EngineListener> listeners;
  private final RepeatedWarnings warnings;

  public Listeners(List<EngineListener> listeners, Time time) {
    this.listeners = List.copyOf(listeners);
    this.warnings = new RepeatedWarnings(time);
  }

  /**
   * Returns the log of repeated warnings, which also gets the failures that listeners are notified
   * of.
   */
  RepeatedWarnings warnings() {
    return warnings;
  }

  void tell(Consumer<EngineListener> call) {
    for (EngineListener listener : listeners) {
      try {
        call.accept(listener);
      } catch (Throwable failure) {
        warnings.warn(
            LOG,
            List.of(listener.getClass(), failure.getClass()),
            "a listener failed: " + Printable.text(listener.toString()),
            failure);
      }
    }
  }

  void failed(String activity, Throwable failure) {
    failed(activity, activity, failure);
  }

  /**
   * Reports a failed activity that will be retried.
   *
   * @param kind what similar activities have in common
   */
  void failed(String kind, String activity, Throwable failure) {
    String line = Printable.text(activity) + " failed and will be retried";
    List<Object> cause = List.of(kind, failure.getClass());
    if (failure instanceof QueueUnavailableException) {
      String why = Printable.text(String.valueOf(failure.getMessage()));
      warnings.warn(LOG, cause, line + ": " + why, null);
    } else {
      warnings.warn(LOG, cause, line, failure);
    }
    tell(listener -> listener.failed(activity, failure));
  }
}
