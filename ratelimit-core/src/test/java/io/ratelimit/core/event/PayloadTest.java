package io.ratelimit.core.event;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PayloadTest {

  @Test
  void keepsItsBytesWhateverIsDoneToTheArraysItCameFromAndGaveOut() {
    byte[] bytes = {0, -1, 2};
    Payload payload = Payload.ofBytes(bytes);
    bytes[0] = 9;
    payload.bytes()[1] = 9;

    assertThat(payload.bytes()).containsExactly(0, -1, 2);
    assertThat(payload.size()).isEqualTo(3);
  }

  @Test
  void readsTextsAsUtf8() {
    Payload payload = Payload.ofText("{\"ü\":\"🦊\"}");

    assertThat(payload.text()).isEqualTo("{\"ü\":\"🦊\"}");
    assertThat(payload.size()).isEqualTo(13);
  }

  @Test
  void isEqualByContent() {
    assertThat(Payload.ofText("a"))
        .isEqualTo(Payload.ofBytes(new byte[] {'a'}))
        .hasSameHashCodeAs(Payload.ofBytes(new byte[] {'a'}))
        .isNotEqualTo(Payload.ofText("b"));
    assertThat(Payload.ofText("")).isEqualTo(Payload.empty());
    assertThat(Payload.empty().isEmpty()).isTrue();
    assertThat(Payload.ofText("a").isEmpty()).isFalse();
  }

  @Test
  void doesNotShowItsContent() {
    assertThat(Payload.ofText("secret")).hasToString("6 bytes");
  }
}
