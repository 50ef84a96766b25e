package io.ratelimit.temporal.internal.worker;

import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.common.context.ContextPropagator;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Carries the context of an activity's thread, bound by Temporal, interceptors and propagators, to
 * the thread that runs the lane's handler.
 */
public final class HandlerThreads implements UnaryOperator<Runnable> {

  private static final ThreadLocal<@Nullable HandlersActivity> CURRENT = new ThreadLocal<>();

  /** The context of one propagator. */
  private record Bound(ContextPropagator propagator, @Nullable Object context) {

    static Bound of(ContextPropagator propagator) {
      return new Bound(propagator, propagator.getCurrentContext());
    }

    /**
     * Sets the context as the SDK does between threads, even if there was none: threads are reused.
     */
    void bind() {
      propagator.setCurrentContext(context);
    }
  }

  private final List<ContextPropagator> propagators;
  private final UnaryOperator<Runnable> further;

  /**
   * @param propagators the client's propagators
   * @param further called in the activity's thread with each attempt; its result runs in the
   *     handler's thread
   */
  public HandlerThreads(List<ContextPropagator> propagators, UnaryOperator<Runnable> further) {
    this.propagators = List.copyOf(propagators);
    this.further = further;
  }

  /** Returns the activity for which the calling thread runs a handler. */
  public static ActivityExecutionContext activity() {
    HandlersActivity activity = CURRENT.get();
    if (activity == null) {
      throw new IllegalStateException(
          "there is no activity here: only a handler has one, in the thread in which it is called");
    }
    return activity;
  }

  @Override
  public Runnable apply(Runnable attempt) {
    HandlersActivity activity = new HandlersActivity(Activity.getExecutionContext());
    @Nullable Map<String, String> mdc = MDC.getCopyOfContextMap();
    List<Bound> bound = propagators.stream().map(Bound::of).toList();
    Runnable carried = further.apply(attempt);
    return () -> {
      CURRENT.set(activity);
      setMdc(mdc);
      bound.forEach(Bound::bind);
      try {
        carried.run();
      } finally {
        CURRENT.remove();
        MDC.clear();
      }
    };
  }

  private static void setMdc(@Nullable Map<String, String> values) {
    if (values == null) {
      MDC.clear();
    } else {
      MDC.setContextMap(values);
    }
  }
}
