package io.ratelimit.core.internal.handler;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.handler.HandlerBuilder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a builder was told about handlers: the library's own builders ask, hosts cannot. */
public final class Chosen {

  private static volatile @Nullable Function<HandlerBuilder<?>, EventProcessor.Builder> way;

  /** Is told once by {@link HandlerBuilder} how to look into one. */
  public static void reachedBy(Function<HandlerBuilder<?>, EventProcessor.Builder> newWay) {
    way = requireNonNull(newWay, "way");
  }

  /** Returns what was chosen so far, to go on with. */
  public static EventProcessor.Builder in(HandlerBuilder<?> builder) {
    // Whoever has a builder has loaded its class, which has told the way.
    return requireNonNull(way, "way").apply(builder);
  }

  private Chosen() {}
}
