package io.ratelimit.redis.internal.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamespacesTest {

  @ParameterizedTest
  @CsvSource({
    "'', '', 0",
    "'', abc, 3",
    "abc, '', 3",
    "audits, audits, 0",
    "audits, audit, 1",
    "adits, audits, 1",
    "aduits, audits, 2",
    "kitten, sitting, 3",
  })
  void distancesCountWhatMustBeChanged(String one, String other, int distance) {
    assertThat(Namespaces.distance(one, other)).isEqualTo(distance);
    assertThat(Namespaces.distance(other, one)).isEqualTo(distance);
  }

  @Test
  void theMostSimilarComeFirst() {
    assertThat(
            Namespaces.similar("audit", List.of("zzzzzzzzz", "audits", "orders", "audit-eu-west")))
        .hasSize(3)
        .startsWith("audits");
  }
}
