package io.ratelimit.micrometer;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Short names of an engine's activities, for a tag; they leave out the event. */
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

  /** Returns all short names. */
  static Set<String> shortNames() {
    Set<String> all = new TreeSet<>(SHORT_NAMES.values());
    all.add(SETTLING);
    all.add(BoundedNames.OTHER);
    return all;
  }

  private Activities() {}
}
