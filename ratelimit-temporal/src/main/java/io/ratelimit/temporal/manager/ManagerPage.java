package io.ratelimit.temporal.manager;

import java.util.List;
import java.util.Optional;

/**
 * A page of managers.
 *
 * @param managers those that began last first; unmodifiable
 * @param next where the next page begins; empty if there is none
 */
public record ManagerPage(List<ManagerDescription> managers, Optional<String> next) {

  /** Copies the list. */
  public ManagerPage {
    managers = List.copyOf(managers);
  }
}
