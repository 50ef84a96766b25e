package io.ratelimit.core.event;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A catalog of event types by name, for the places where events arrive as text. Immutable and
 * thread-safe.
 */
public final class EventTypes {

  private static final EventTypes STANDARD =
      new EventTypes(Map.of())
          .with(EventType.REBALANCE_NEEDED)
          .with(EventType.OPEN_POSITION_DETECTED)
          .with(EventType.OPEN_ORDER_DETECTED)
          .with(EventType.NEW_BALANCE_UPDATE)
          .with(EventType.BALANCE_CHECK_REQUIRED);

  private final Map<String, EventType> byName;

  private EventTypes(Map<String, EventType> byName) {
    this.byName = byName;
  }

  /** Returns the five types that this library knows. */
  public static EventTypes standard() {
    return STANDARD;
  }

  /** Returns this catalog and one more type, which replaces an earlier one of the same name. */
  public EventTypes with(EventType type) {
    Map<String, EventType> extended = new LinkedHashMap<>(byName);
    extended.put(type.name(), type);
    return new EventTypes(Collections.unmodifiableMap(extended));
  }

  /** Returns the type of this name, if the catalog has it. */
  public Optional<EventType> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /**
   * Returns the type of this name, or {@link EventType#of(String)} where the catalog lacks it.
   *
   * @throws IllegalArgumentException if the name is not one that a type may have
   */
  public EventType get(String name) {
    return find(name).orElseGet(() -> EventType.of(name));
  }

  /** Returns all types of the catalog in the order in which they were added; unmodifiable. */
  public Collection<EventType> all() {
    return byName.values();
  }
}
