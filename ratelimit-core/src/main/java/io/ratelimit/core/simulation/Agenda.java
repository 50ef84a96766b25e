package io.ratelimit.core.simulation;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The coming events of a simulation: a binary heap by time, then by order of entry. It uses arrays
 * instead of nodes, so that a step allocates nothing once they are large enough. Not thread-safe.
 *
 * @param <T> the type of entries
 */
final class Agenda<T> {

  private long[] times;
  private long[] orders;
  private @Nullable Object[] actions;
  private int size;
  private long entered;
  private long comparisons;

  Agenda() {
    this(16);
  }

  private Agenda(int capacity) {
    this.times = new long[capacity];
    this.orders = new long[capacity];
    this.actions = new @Nullable Object[capacity];
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Returns the number of entries ever added. */
  long entered() {
    return entered;
  }

  /** Returns the number of comparisons, which measures the total cost. */
  long comparisons() {
    return comparisons;
  }

  void add(long time, T action) {
    if (size == times.length) {
      int capacity = 2 * size;
      times = Arrays.copyOf(times, capacity);
      orders = Arrays.copyOf(orders, capacity);
      actions = Arrays.copyOf(actions, capacity);
    }
    entered++;
    long order = entered;
    int hole = size;
    size++;
    while (hole > 0) {
      int parent = (hole - 1) >>> 1;
      if (!isBefore(time, order, parent)) {
        break;
      }
      move(parent, hole);
      hole = parent;
    }
    put(hole, time, order, action);
  }

  /** Returns the time of the next entry; there must be one. */
  long nextTime() {
    return times[0];
  }

  /** Removes the next entry; there must be one. */
  @SuppressWarnings("unchecked") // Only add() adds entries.
  T remove() {
    T next = (T) requireNonNull(actions[0]);
    size--;
    long time = times[size];
    long order = orders[size];
    Object action = actions[size];
    actions[size] = null;
    if (size > 0) {
      sink(time, order, action);
    }
    return next;
  }

  private void sink(long time, long order, @Nullable Object action) {
    int hole = 0;
    while (2 * hole + 1 < size) {
      int child = 2 * hole + 1;
      if (child + 1 < size && isBefore(times[child + 1], orders[child + 1], child)) {
        child++;
      }
      if (isBefore(time, order, child)) {
        break;
      }
      move(child, hole);
      hole = child;
    }
    put(hole, time, order, action);
  }

  private boolean isBefore(long time, long order, int other) {
    comparisons++;
    return time < times[other] || (time == times[other] && order < orders[other]);
  }

  private void move(int from, int to) {
    times[to] = times[from];
    orders[to] = orders[from];
    actions[to] = actions[from];
  }

  private void put(int at, long time, long order, @Nullable Object action) {
    times[at] = time;
    orders[at] = order;
    actions[at] = action;
  }
}
