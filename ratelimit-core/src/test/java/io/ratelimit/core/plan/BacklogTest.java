package io.ratelimit.core.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BacklogTest {

  private static final EventType URGENT = EventType.REBALANCE_NEEDED;
  private static final EventType ORDER = EventType.OPEN_ORDER_DETECTED;
  private static final EventType CHECK = EventType.BALANCE_CHECK_REQUIRED;

  private static Backlog.Run run(EventType type, long count) {
    return new Backlog.Run(type, count);
  }

  @Test
  void isInTheOrderInWhichItWillBeTaken() {
    Backlog backlog = Backlog.ofRuns(List.of(run(CHECK, 2), run(URGENT, 1), run(ORDER, 3)));

    assertThat(backlog.runs()).containsExactly(run(URGENT, 1), run(CHECK, 2), run(ORDER, 3));
    assertThat(backlog.events()).isEqualTo(6);
    assertThat(backlog.workload().totalSeconds()).isEqualTo(2 * 2 + 8 + 3 * 4);
  }

  @Test
  void ofEventsHasARunWhereverTheTypeChanges() {
    List<AuditEvent> events =
        Stream.of(CHECK, CHECK, ORDER, CHECK, URGENT, URGENT)
            .map(type -> AuditEvent.of("id", type, "wallet"))
            .toList();

    assertThat(Backlog.ofEvents(events).runs())
        .containsExactly(run(URGENT, 2), run(CHECK, 2), run(ORDER, 1), run(CHECK, 1));
  }

  @Test
  void hasOneToAMillionEvents() {
    assertThat(Backlog.of(ORDER, 1).events()).isEqualTo(1);
    assertThat(Backlog.of(ORDER, 1_000_000).events()).isEqualTo(1_000_000);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Backlog.of(ORDER, 1_000_001))
        .withMessage("a backlog to plan must have 1 to 1000000 events but has more");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Backlog.ofRuns(List.of()))
        .withMessage("a backlog to plan must have 1 to 1000000 events but has none");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> run(ORDER, 0))
        .withMessage("a run of OPEN_ORDER_DETECTED must have at least 1 event but has 0");
  }
}
