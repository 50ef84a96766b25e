package io.ratelimit.core.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.internal.check.Printable;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Laws of parsing limits. */
class LimitTextProperties {

  @Provide
  Arbitrary<String> nearlyLimits() {
    Arbitrary<String> numbers =
        Arbitraries.oneOf(
            Arbitraries.longs().between(0, 9_999_999_999_999_999L).map(String::valueOf),
            Arbitraries.of("", "-1", "007", "1.5", "\u0661", "9".repeat(40)));
    Arbitrary<String> units = Arbitraries.of("us", "ms", "s", "m", "min", "h", "d", "", "M", "y");
    Arbitrary<String> period = Combinators.combine(numbers, units).as(String::concat);
    Arbitrary<String> tails =
        Arbitraries.oneOf(
            Arbitraries.just(""),
            Combinators.combine(numbers, period).as((b, m) -> " burst " + b + " margin " + m),
            period.map(margin -> "  margin  " + margin),
            Arbitraries.strings().ofMaxLength(10));
    return Arbitraries.oneOf(
        Combinators.combine(numbers, period, tails).as((n, p, tail) -> n + "/" + p + tail),
        Arbitraries.strings().ofMaxLength(20));
  }

  @Property
  void aTextIsALimitThatReadsBackOrIsRefusedByName(@ForAll("nearlyLimits") String text) {
    RateLimit limit;
    try {
      limit = RateLimit.parse(text);
    } catch (IllegalArgumentException refused) {
      assertThat(refused.getMessage()).contains(Printable.quoted(text));
      return;
    }
    assertThat(RateLimit.parse(limit.toString())).isEqualTo(limit);
    assertThat(limit.burst()).isBetween(1, limit.permits());
    assertThat(limit.window()).isPositive();
  }
}
