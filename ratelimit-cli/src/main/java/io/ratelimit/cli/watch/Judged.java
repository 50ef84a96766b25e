package io.ratelimit.cli.watch;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.Optional;

/**
 * What is known of a manager, with the judgment beside it, for scripts. The names in JSON are
 * stable.
 *
 * @param condition the judgment; empty if too little is known for one
 * @param verdict the judgment in words
 * @param known what is known
 */
public record Judged(
    @JsonProperty Optional<Condition> condition,
    @JsonProperty Optional<Verdict> verdict,
    @JsonUnwrapped Object known) {

  public static Judged of(Condition condition, Object known) {
    return new Judged(Optional.of(condition), Optional.of(condition.verdict()), known);
  }

  /** Returns what is known of a manager that must be asked for its condition. */
  public static Judged unjudged(Object known) {
    return new Judged(Optional.empty(), Optional.empty(), known);
  }
}
