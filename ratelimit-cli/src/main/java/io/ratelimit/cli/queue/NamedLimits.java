package io.ratelimit.cli.queue;

import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.NamedLimitSettings;
import io.ratelimit.core.queue.NamedLimitControl;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.jspecify.annotations.Nullable;

/** Looks up named limits by names that a user types. */
final class NamedLimits {

  private static final int MOST_NEAR = 3;

  /**
   * Returns the settings of a limit.
   *
   * @throws InputException if the queue has none with this name; the message lists similar names
   */
  static NamedLimitSettings require(NamedLimitControl control, String name) {
    return control.settings(name).orElseThrow(() -> unknown(control, name));
  }

  /**
   * Returns a key of a limit.
   *
   * @param key null for the key that all share
   * @throws InputException if the queue has no such limit, or the key has another form
   */
  static LimitKey require(NamedLimitControl control, String name, @Nullable String key) {
    NamedLimitSettings settings = require(control, name);
    try {
      return new LimitKey(settings.limit().name(), key == null ? "" : key);
    } catch (IllegalArgumentException refused) {
      throw new InputException("KEY: " + refused.getMessage());
    }
  }

  private static InputException unknown(NamedLimitControl control, String name) {
    String refusal = "the queue has no limit " + Texts.quoted(name);
    List<String> names = control.limits().stream().map(NamedLimit::name).toList();
    if (names.isEmpty()) {
      return new InputException(refusal + ", and no other named limit: publishers declare them");
    }
    LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
    String near =
        names.stream()
            .sorted(Comparator.comparing(each -> distance.apply(name, each)))
            .limit(MOST_NEAR)
            .map(Texts::quoted)
            .collect(Collectors.joining(" or "));
    return new InputException(
        refusal + "; did you mean " + near + "? ratelimit queue keys lists all of them");
  }

  private NamedLimits() {}
}
