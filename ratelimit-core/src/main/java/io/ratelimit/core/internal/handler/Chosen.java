package io.ratelimit.core.internal.handler;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.handler.HandlerBuilder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Gives the library's own builders access to the handlers in a {@link HandlerBuilder}, which hosts
 * do not have.
 */
public final class Chosen {

  private static volatile @Nullable Function<HandlerBuilder<?>, EventProcessor.Builder> way;

  /** Receives the access from {@link HandlerBuilder}, once. */
  public static void reachedBy(Function<HandlerBuilder<?>, EventProcessor.Builder> newWay) {
    way = requireNonNull(newWay, "way");
  }

  /** Returns the processor's builder with the choices so far. */
  public static EventProcessor.Builder in(HandlerBuilder<?> builder) {
    // A builder's class has been loaded, and has provided the access.
    return requireNonNull(way, "way").apply(builder);
  }

  private Chosen() {}
}
