package io.ratelimit.core.internal.memory;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Entries by sequence, optimized for queues: nearly all are added at the end and taken from the
 * front. A ring keeps those, without a node per entry; a tree keeps the few that return to an old
 * place. Guarded by the queue's lock.
 */
final class SequencedEntries {

  private static final int INITIAL_CAPACITY = 16;

  private final NavigableMap<Long, Entry> returned = new TreeMap<>();
  private @Nullable Entry[] ring = new @Nullable Entry[INITIAL_CAPACITY];
  private int head;
  private int size;
  // Removed entries in the ring, anywhere but at its head.
  private int withdrawn;

  /** Adds an entry. O(1) amortized at the end, otherwise O(log n). */
  void add(Entry entry) {
    if (size > 0 && entry.sequence < inRing(size - 1).sequence) {
      returned.put(entry.sequence, entry);
      return;
    }
    if (size == ring.length) {
      @Nullable Entry[] larger = new @Nullable Entry[2 * size];
      System.arraycopy(ring, head, larger, 0, size - head);
      System.arraycopy(ring, 0, larger, size - head, head);
      ring = larger;
      head = 0;
    }
    ring[(head + size) & (ring.length - 1)] = entry;
    size++;
  }

  /** Returns the entry with the lowest sequence. O(log n) in the number of returned entries. */
  @Nullable Entry first() {
    Entry inOrder = size == 0 ? null : inRing(0);
    if (returned.isEmpty()) {
      return inOrder;
    }
    Entry outOfOrder = returned.firstEntry().getValue();
    return inOrder == null || outOfOrder.sequence < inOrder.sequence ? outOfOrder : inOrder;
  }

  /** Removes the entry that {@link #first()} returned. */
  void removeFirst() {
    if (size > 0 && inRing(0) == first()) {
      removeHead();
      dropWithdrawn();
    } else {
      returned.pollFirstEntry();
    }
  }

  private void removeHead() {
    ring[head] = null;
    head = (head + 1) & (ring.length - 1);
    size--;
  }

  private void dropWithdrawn() {
    while (withdrawn > 0 && inRing(0).isWithdrawn()) {
      removeHead();
      withdrawn--;
    }
  }

  /**
   * Removes an entry, wherever it is. O(log n) amortized: in the ring, it is only marked, until it
   * reaches the head or half of the ring is marked.
   */
  void remove(Entry entry) {
    if (returned.remove(entry.sequence, entry)) {
      return;
    }
    entry.setWithdrawn();
    withdrawn++;
    dropWithdrawn();
    if (2 * withdrawn > size) {
      compact();
    }
  }

  private void compact() {
    int kept = 0;
    for (int at = 0; at < size; at++) {
      Entry entry = inRing(at);
      if (!entry.isWithdrawn()) {
        ring[(head + kept) & (ring.length - 1)] = entry;
        kept++;
      }
    }
    for (int at = kept; at < size; at++) {
      ring[(head + at) & (ring.length - 1)] = null;
    }
    size = kept;
    withdrawn = 0;
  }

  int size() {
    return size - withdrawn + returned.size();
  }

  /** Returns up to {@code max} entries after a sequence, in order. O(log n + max). */
  List<Entry> after(long sequence, int max) {
    List<Entry> page = new ArrayList<>();
    var others = returned.tailMap(sequence, false).values().iterator();
    Entry other = others.hasNext() ? others.next() : null;
    int at = firstInRingAfter(sequence);
    while (page.size() < max && (other != null || at < size)) {
      if (at < size && inRing(at).isWithdrawn()) {
        at++;
      } else if (other == null || (at < size && inRing(at).sequence < other.sequence)) {
        page.add(inRing(at));
        at++;
      } else {
        page.add(other);
        other = others.hasNext() ? others.next() : null;
      }
    }
    return page;
  }

  private int firstInRingAfter(long sequence) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (inRing(middle).sequence <= sequence) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private Entry inRing(int index) {
    return requireNonNull(ring[(head + index) & (ring.length - 1)]);
  }

  /** Removes and returns all. O(n). */
  List<Entry> drain() {
    List<Entry> all = after(0, Integer.MAX_VALUE);
    returned.clear();
    ring = new @Nullable Entry[INITIAL_CAPACITY];
    head = 0;
    size = 0;
    withdrawn = 0;
    return all;
  }
}
