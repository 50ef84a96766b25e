package io.ratelimit.cli.watch;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.Optional;

/**
 * What is known of a manager, with the judgment beside it, for scripts; the names in JSON are a
 * promise.
 *
 * @param condition the judgment; empty: what is known is too little for one
 * @param verdict the same in words
 * @param known what is known
 */
public record Judged(
    @JsonProperty Optional<Condition> condition,
    @JsonProperty Optional<Verdict> verdict,
    @JsonUnwrapped Object known) {

  public static Judged of(Condition condition, Object known) {
    return new Judged(Optional.of(condition), Optional.of(condition.verdict()), known);
  }

  /** One that has to be asked for its condition. */
  public static Judged unjudged(Object known) {
    return new Judged(Optional.empty(), Optional.empty(), known);
  }
}
