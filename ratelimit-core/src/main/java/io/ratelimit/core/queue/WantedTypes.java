package io.ratelimit.core.queue;

import io.ratelimit.core.event.EventType;
import io.ratelimit.core.internal.check.Requirements;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;

/**
 * The event types that a taker has a handler for, by name. Events of other types are left to takers
 * that have one. Immutable.
 *
 * @param names 1 to {@value #MAX_NAMES} names; empty: all types, also those yet unknown
 */
public record WantedTypes(Optional<Set<String>> names) {

  /** The maximum number of names; a taker of more types must want all. */
  public static final int MAX_NAMES = 1_000;

  private static final WantedTypes ALL = new WantedTypes(Optional.empty());

  /**
   * Copies the names.
   *
   * @throws IllegalArgumentException if there are too few or too many, or if one is not the name of
   *     an event type
   */
  public WantedTypes {
    names = names.map(Set::copyOf);
    names.ifPresent(
        all -> {
          Requirements.count("names of wanted event types", all.size(), 1, MAX_NAMES);
          for (String name : all) {
            EventType unused = EventType.of(name);
          }
        });
  }

  /** Returns every type. */
  public static WantedTypes all() {
    return ALL;
  }

  /**
   * Returns the types of these names.
   *
   * @throws IllegalArgumentException if there are too few or too many, or if one is not the name of
   *     an event type
   */
  public static WantedTypes named(Collection<String> names) {
    return new WantedTypes(Optional.of(Set.copyOf(names)));
  }

  /** Returns whether every type is wanted. */
  public boolean isAll() {
    return names.isEmpty();
  }

  /** Returns whether the type of this name is wanted. */
  public boolean includes(String name) {
    return names.isEmpty() || names.get().contains(name);
  }
}
