package io.ratelimit.micrometer;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Bounds the number of values of a tag: keeps the first names, and turns every further one into
 * {@value #OTHER}. Thread-safe.
 */
final class BoundedNames {

  static final String OTHER = "other";

  /** The number of event types that are told apart. */
  static final int TYPES = 100;

  private final int most;
  private final Set<String> always;
  private final Set<String> known = ConcurrentHashMap.newKeySet();

  /**
   * @param most the most names beside {@value #OTHER} and those in {@code always}
   * @param always names that are always kept
   */
  BoundedNames(int most, Set<String> always) {
    this.most = most;
    this.always = Set.copyOf(always);
  }

  String of(String name) {
    return always.contains(name) || known.contains(name) || added(name) ? name : OTHER;
  }

  private synchronized boolean added(String name) {
    return known.contains(name) || (known.size() < most && known.add(name));
  }
}
