package io.ratelimit.temporal.internal.workflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.ratelimit.temporal.internal.wire.Json;
import io.ratelimit.temporal.internal.wire.Plausible;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.temporal.common.converter.DataConverterException;
import io.temporal.common.converter.RawValue;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the options of a new manager, whoever starts it: a client of this or another version, an
 * old schedule, or a person in the Temporal UI. Missing fields get their defaults, except mode and
 * terms, which are never guessed.
 */
final class OptionsJson {

  private static final String ADVICE =
      ": start the manager with options of this version, as RateLimitClient does";

  /**
   * Reads options.
   *
   * @throws IllegalArgumentException if they cannot be understood; the message says why
   */
  static ManagerOptions read(@Nullable RawValue raw) {
    JsonNode given = tree(raw);
    for (String needed : new String[] {"mode", "terms"}) {
      if (!given.hasNonNull(needed)) {
        throw new IllegalArgumentException(
            "the options of a manager need \"" + needed + "\", but it is missing" + ADVICE);
      }
    }
    ManagerOptions defaults =
        given.get("mode").asText().equals(ManagerOptions.Mode.CONTINUOUS.name())
            ? ManagerOptions.continuous()
            : ManagerOptions.round();
    try {
      JsonNode whole =
          Json.MAPPER.readerForUpdating(Json.MAPPER.valueToTree(defaults)).readValue(given);
      return Plausible.require(Json.MAPPER.treeToValue(whole, ManagerOptions.class));
    } catch (JsonProcessingException unreadable) {
      throw new IllegalArgumentException(
          "the options of a manager cannot be read: " + unreadable.getOriginalMessage() + ADVICE,
          unreadable);
    } catch (IOException never) {
      throw new IllegalStateException("a tree is read without I/O", never);
    }
  }

  private static JsonNode tree(@Nullable RawValue raw) {
    try {
      JsonNode given = raw == null ? null : Json.read(raw, JsonNode.class);
      if (given != null && given.isObject()) {
        return given;
      }
    } catch (DataConverterException noJson) {
      throw new IllegalArgumentException("the options of a manager are not JSON" + ADVICE, noJson);
    }
    throw new IllegalArgumentException("a manager needs options, but there are none" + ADVICE);
  }

  private OptionsJson() {}
}
