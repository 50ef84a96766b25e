package io.ratelimit.micrometer;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps a tag from having ever more values: the first names stay what they are, every further one
 * becomes {@value #OTHER}. Thread-safe.
 */
final class BoundedNames {

  static final String OTHER = "other";

  /** How many types of events are told apart. */
  static final int TYPES = 100;

  private final int most;
  private final Set<String> always;
  private final Set<String> known = ConcurrentHashMap.newKeySet();

  /**
   * @param most how many names there may be beside {@value #OTHER} and those that always are
   * @param always names that are kept in any case
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
