package io.ratelimit.core.internal.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTest {

  @ParameterizedTest
  @ValueSource(strings = {"", "wallet-1", "Größe 50 € … ≤ █", "財布", "😀", "\"\\", "é"})
  void whatIsSeenStaysAsItIs(String text) {
    assertThat(Printable.text(text)).isEqualTo(text);
  }

  @Test
  void whatDoesSomethingElseIsNamed() {
    assertThat(Printable.text("a\u001b[2Jb")).isEqualTo("a\\u001b[2Jb");
    assertThat(Printable.text("a\r\nb\tc\u0007")).isEqualTo("a\\u000d\\u000ab\\u0009c\\u0007");
    assertThat(Printable.text("\u0085\u009b31m\u007f")).isEqualTo("\\u0085\\u009b31m\\u007f");
    assertThat(Printable.text("a\u2028b\u2029c")).isEqualTo("a\\u2028b\\u2029c");
    assertThat(Printable.text("\u202egnp.\u2066\u200f")).isEqualTo("\\u202egnp.\\u2066\\u200f");
    assertThat(Printable.text("a\u200bb\ufeff\u00ad\u3164\u2800\ufe0f"))
        .isEqualTo("a\\u200bb\\ufeff\\u00ad\\u3164\\u2800\\ufe0f");
    assertThat(Printable.text("half \ud83d")).isEqualTo("half \\ud83d");
    assertThat(Printable.text("\ue000\ufdd0")).isEqualTo("\\ue000\\ufdd0");
    assertThat(Printable.text(Character.toString(0xE0041))).isEqualTo("\\udb40\\udc41");
  }

  @Test
  void everyCharacterIsPrintableOrNamedInAscii() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      String shown = Printable.text(Character.toString(c));
      assertThat(shown.codePoints().allMatch(Printable::isPrintable)).isTrue();
      assertThat(Printable.text(shown)).isEqualTo(shown);
    }
  }

  @Test
  void aLongTextIsCutBetweenCharacters() {
    assertThat(Printable.cut("abc", 3)).isEqualTo("abc");
    assertThat(Printable.cut("abcd", 3)).isEqualTo("abc…");
    assertThat(Printable.cut("😀😀", 1)).isEqualTo("😀…");
    assertThat(Printable.quoted("x".repeat(1_000_000))).hasSize(203);
    assertThat(Printable.quoted("a\nb")).isEqualTo("\"a\\u000ab\"");
  }
}
