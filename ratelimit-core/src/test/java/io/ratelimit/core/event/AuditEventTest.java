package io.ratelimit.core.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.core.internal.check.Printable;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditEventTest {

  private static final EventType TYPE = EventType.OPEN_ORDER_DETECTED;

  private static AuditEvent event(String id, String walletId) {
    return AuditEvent.of(id, TYPE, walletId);
  }

  @Test
  void isPlainUnlessSaidOtherwise() {
    AuditEvent event = event("event", "wallet");

    assertThat(event.payload()).isEqualTo(Payload.empty());
    assertThat(event.attributes()).isEmpty();
    assertThat(event.weight()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a\nb", "a\u0000", "\u007f", "\ud800", "a\udc00b"})
  void refusesIdsThatCannotBeReadOrStored(String id) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> event(id, "wallet"))
        .withMessageStartingWith("event id must ")
        .withMessageContaining(Printable.quoted(id));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> event("event", id))
        .withMessageStartingWith("wallet id of event event must ")
        .withMessageContaining(Printable.quoted(id));
  }

  @Test
  void aMessageHoldsNothingThatIsNotSeen() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> event("a\u202eb", "\u001b[2J"))
        .withMessage(
            "wallet id of event a\\u202eb must have no control characters but has one in"
                + " \"\\u001b[2J\"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> event("a\u202eb", "w").withWeight(0))
        .withMessageStartingWith("weight of event a\\u202eb must ");
  }

  @Test
  void anIdHasUpTo256Characters() {
    assertThat(event("x".repeat(256), "w").id()).hasSize(256);
    assertThat(event("🦊", "w").id()).isEqualTo("🦊");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> event("x".repeat(257), "w"))
        .withMessageContaining("must be 1 to 256 characters");
  }

  @Test
  void isAsLargeAsItMayBeAndNoLarger() {
    AuditEvent event = event("event", "wallet").withAttribute("naïve", "✓");
    int bytes = 6 + 3;
    Payload largest = Payload.ofBytes(new byte[AuditEvent.MAX_BYTES - bytes]);

    assertThat(event.withPayload(largest).payload()).isEqualTo(largest);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> event.withPayload(largest).withAttribute("a", ""))
        .withMessageContaining("event event")
        .withMessageContaining("at most 1048576 bytes together but have 1048577");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE, AuditEvent.MAX_WEIGHT + 1, Integer.MAX_VALUE})
  void refusesWeightsOutsideTheirRange(int weight) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> event("event", "wallet").withWeight(weight))
        .withMessage("weight of event event must be 1 to 1000000 but is " + weight);
  }

  @Test
  void takesWeightsAtBothEnds() {
    assertThat(event("event", "wallet").withWeight(AuditEvent.MAX_WEIGHT).weight())
        .isEqualTo(1_000_000);
    assertThat(event("event", "wallet").withWeight(1).weight()).isEqualTo(1);
  }

  @Test
  void refusesNulls() {
    assertThatNullPointerException().isThrownBy(() -> event(null, "wallet"));
    assertThatNullPointerException().isThrownBy(() -> event("event", null));
    assertThatNullPointerException().isThrownBy(() -> AuditEvent.of("event", null, "wallet"));
    assertThatNullPointerException().isThrownBy(() -> event("event", "wallet").withPayload(null));
    assertThatNullPointerException()
        .isThrownBy(() -> event("event", "wallet").withAttribute("name", null));
  }

  @Test
  void copiesItsAttributesAndKeepsThemToItself() {
    Map<String, String> attributes = new HashMap<>(Map.of("a", "1"));
    AuditEvent event = new AuditEvent("event", TYPE, "wallet", Payload.empty(), attributes, 1);
    attributes.put("b", "2");

    assertThat(event.attributes()).containsOnly(Map.entry("a", "1"));
    assertThatThrownBy(() -> event.attributes().put("c", "3"))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void changesOneThingAtATime() {
    AuditEvent event =
        event("event", "wallet")
            .withAttribute("a", "1")
            .withPayload(Payload.ofText("{}"))
            .withAttribute("a", "2")
            .withWeight(3)
            .withAttribute("b", "3");

    assertThat(event)
        .isEqualTo(
            new AuditEvent(
                "event", TYPE, "wallet", Payload.ofText("{}"), Map.of("a", "2", "b", "3"), 3));
  }
}
