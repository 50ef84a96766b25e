package io.ratelimit.core.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.Charge;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.RateLimit;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class LimitsTest {

  private static final RateLimit FAST = RateLimit.of(6_000).perMinute();
  private static final AuditEvent EVENT = AuditEvent.of("e", EventType.of("T"), "w");

  @Test
  void anEventIsChargedWhereALimitApplies() {
    Limits limits =
        Limits.builder()
            .limit("wide", FAST)
            .limit("account", event -> event.attributes().get("account"), FAST)
            .limit("free", FAST)
            .cost("wide", event -> event.weight() * 5)
            .cost("free", event -> 0)
            .maxInFlight("wallet", AuditEvent::walletId, 1)
            .retriesHold("wallet")
            .build();

    assertThat(limits.charges(EVENT))
        .containsExactly(
            new Charge(new LimitKey("wallet", "w"), 1), new Charge(new LimitKey("wide", ""), 5));
    assertThat(limits.charges(EVENT.withAttribute("account", "a 1\u00e9:=|")))
        .contains(new Charge(new LimitKey("account", "a 1\u00e9:=|"), 1));
    assertThat(limits.declared())
        .contains(new NamedLimit("wallet", List.of(), OptionalInt.of(1), true))
        .extracting(NamedLimit::name)
        .containsExactly("account", "free", "wallet", "wide");
  }

  @Test
  void whatCannotBeIsRefused() {
    Limits.Builder builder = Limits.builder().limit("a", FAST);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.limit("a", FAST))
        .withMessageContaining("taken");
    assertThatIllegalArgumentException().isThrownBy(() -> builder.limit(" ", FAST));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.limit("b"))
        .withMessageContaining("needs a window");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.limit("b", FAST, RateLimit.of(1).per(Duration.ofMinutes(1))))
        .withMessageContaining("differ in length");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.retriesHold("a"))
        .withMessageContaining("attempts at once");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.cost("none", event -> 1))
        .withMessageContaining("must be added first");
    assertThatIllegalArgumentException().isThrownBy(() -> builder.maxInFlight("a", 0));

    Limits negative = builder.cost("a", event -> -1).build();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> negative.charges(EVENT))
        .withMessageContaining("event e")
        .withMessageContaining("-1");
    Limits hostile = Limits.builder().limit("k", event -> "a\nb", FAST).build();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> hostile.charges(EVENT))
        .withMessageContaining("control characters");
  }
}
