package io.ratelimit.core.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyPatternTest {

  @Provide
  Arbitrary<String> few() {
    return Arbitraries.strings().withChars("ab*\\\u00e9").ofMaxLength(6);
  }

  @Property
  void matchesAsARegularExpressionDoes(
      @ForAll @From("few") String text, @ForAll @From("few") String key) {
    String escaped = text.replace("\\", "\\\\");
    String regex =
        text.chars()
            .mapToObj(c -> c == '*' ? ".*" : Pattern.quote(Character.toString(c)))
            .collect(Collectors.joining());

    assertThat(new KeyPattern("limit", escaped).matches(key)).isEqualTo(key.matches(regex));
  }

  @Property
  void aKeysPatternIsOfThatKeyAlone(
      @ForAll @From("few") String key, @ForAll @From("few") String other) {
    KeyPattern pattern = KeyPattern.of(new LimitKey("limit", key));

    assertThat(pattern.matches(other)).isEqualTo(other.equals(key));
    assertThat(pattern.key()).contains(new LimitKey("limit", key));
    assertThat(pattern.precision()).isGreaterThan(new KeyPattern("limit", "*" + "x").precision());
  }

  @ParameterizedTest
  @CsvSource({"*,0", "a*,1", "*a*b,2", "\u00e9*,2", "\\**,1"})
  void aLongerPatternIsMorePrecise(String pattern, int precision) {
    assertThat(new KeyPattern("limit", pattern).precision()).isEqualTo(precision);
    assertThat(new KeyPattern("limit", pattern).key()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\\", "\\a", "a\u0000"})
  void refusesWhatIsNoPattern(String pattern) {
    assertThatIllegalArgumentException().isThrownBy(() -> new KeyPattern("limit", pattern));
  }

  @Test
  void isShownAsTheKeysThatItIsOf() {
    assertThat(KeyPattern.all("address")).hasToString("address \"*\"");
    assertThat(new KeyPattern("address", "")).hasToString("address");
  }
}
