package io.ratelimit.core.event;

/**
 * The order in which waiting events are taken: every {@link #HIGH} event before any {@link #NORMAL}
 * one, and every {@code NORMAL} one before any {@link #LOW} one. Within a priority the queue is
 * first in, first out.
 *
 * <p>The declaration order is the order of urgency, most urgent first.
 */
public enum Priority {
  /** Taken before everything else. */
  HIGH,
  /** The priority of an event type that does not say otherwise. */
  NORMAL,
  /** Taken only when nothing more urgent waits. */
  LOW;

  /** Returns how many priorities are more urgent: 0 for the most urgent one. */
  @SuppressWarnings("EnumOrdinal") // The order of declaration is the contract.
  public int rank() {
    return ordinal();
  }
}
