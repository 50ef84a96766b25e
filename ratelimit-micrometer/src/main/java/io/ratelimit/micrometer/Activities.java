package io.ratelimit.micrometer;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The activities of an engine by a short name each, for a tag; what they work on is left out. */
final class Activities {

  private static final Map<String, String> SHORT_NAMES =
      Map.of(
          "taking events", "taking",
          "scaling", "scaling",
          "ending the emergency", "scaling",
          "extending leases", "extending",
          "checking for handler timeouts", "timeouts");

  /** The id of the event follows. */
  private static final String SETTLING_EVENT = "settling event ";

  private static final String SETTLING = "settling";

  static String shortName(String activity) {
    return activity.startsWith(SETTLING_EVENT)
        ? SETTLING
        : SHORT_NAMES.getOrDefault(activity, BoundedNames.OTHER);
  }

  /** Returns all that there are. */
  static Set<String> shortNames() {
    Set<String> all = new TreeSet<>(SHORT_NAMES.values());
    all.add(SETTLING);
    all.add(BoundedNames.OTHER);
    return all;
  }

  private Activities() {}
}
