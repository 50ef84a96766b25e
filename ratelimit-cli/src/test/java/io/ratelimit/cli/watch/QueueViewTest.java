package io.ratelimit.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.cli.shell.Json;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.PublishTerms;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class QueueViewTest {

  private static void publish(InMemoryEventQueue queue, String type, int count) {
    for (int i = 0; i < count; i++) {
      queue.publish(AuditEvent.of(type + i, EventType.of(type), "wallet"));
    }
  }

  @Test
  void ofVeryManyTypesThoseWithTheMostEventsAreShown() {
    try (InMemoryEventQueue queue = InMemoryEventQueue.create(RateLimit.of(20).perMinute())) {
      for (int i = 0; i < 900; i++) {
        publish(queue, "MADE_UP_" + i, 1);
      }
      publish(queue, "ZZZ_REAL", 3);

      QueueView view = QueueView.of("audits", queue.stats());

      assertThat(view.pendingByType()).hasSize(QueueView.MOST_TYPES).containsEntry("ZZZ_REAL", 3L);
      assertThat(view.otherTypes()).isEqualTo(901 - QueueView.MOST_TYPES);
      assertThat(view.pendingOfOtherTypes()).isEqualTo(901 - QueueView.MOST_TYPES);
      assertThat(view.lines())
          .hasSizeLessThan(QueueView.MOST_TYPES + 10)
          .anyMatch(line -> line.endsWith(" 851 events of 851 more types"));
      assertThat(Json.line(view)).hasSizeLessThan(10_000);
    }
  }

  /** The store counts no more of them one by one. */
  @Test
  void whatIsNotCountedByTypeIsShownAsOthers() {
    try (InMemoryEventQueue queue = InMemoryEventQueue.create(RateLimit.of(20).perMinute())) {
      for (int i = 0; i < EventQueue.COUNTED_TYPES + 500; i++) {
        publish(queue, "MADE_UP_" + i, 1);
      }

      QueueView view = QueueView.of("audits", queue.stats());

      assertThat(view.pendingByType()).hasSize(QueueView.MOST_TYPES).containsEntry("OTHERS", 500L);
      assertThat(view.pendingOfOtherTypes()).isEqualTo(EventQueue.COUNTED_TYPES - 49L);
      assertThat(view.lines()).hasSizeLessThan(QueueView.MOST_TYPES + 10);
    }
  }

  @Test
  void whatExpiredOrWasReplacedIsShown() {
    VirtualTime time = VirtualTime.startingAt(Instant.EPOCH);
    Duration expiry = Duration.ofSeconds(1);
    try (InMemoryEventQueue queue =
        InMemoryEventQueue.builder(RateLimit.of(20).perMinute()).time(time).build()) {
      assertThat(QueueView.of("audits", queue.stats()).lines())
          .noneMatch(line -> line.startsWith("Expired") || line.startsWith("Replaced"));
      queue.publish(
          AuditEvent.of("late", EventType.of("REAL"), "wallet"),
          PublishTerms.DEFAULT.withExpiry(expiry, PublishTerms.Expired.FAILED));
      PublishTerms latest =
          PublishTerms.DEFAULT
              .withLatest(AuditEvent::walletId, PublishTerms.Place.NEW)
              .withDelay(expiry.multipliedBy(2));
      queue.publish(AuditEvent.of("a", EventType.of("REAL"), "wallet"), latest);
      queue.publish(AuditEvent.of("b", EventType.of("REAL"), "wallet"), latest);
      time.advance(expiry);
      assertThat(queue.take(TakeRequest.one("request", "worker", expiry)))
          .isInstanceOf(TakeResult.Empty.class);

      QueueView view = QueueView.of("audits", queue.stats());

      assertThat(view.expired()).isEqualTo(1);
      assertThat(view.lines())
          .contains("Expired     1 event before the start", "Replaced    1 event by a later one");
    }
  }

  @Test
  void fewTypesAreAllShown() {
    try (InMemoryEventQueue queue = InMemoryEventQueue.create(RateLimit.of(20).perMinute())) {
      publish(queue, "REAL", 2);

      QueueView view = QueueView.of("audits", queue.stats());

      assertThat(view.pendingByType()).containsOnlyKeys("REAL");
      assertThat(view.otherTypes()).isZero();
      assertThat(view.pendingOfOtherTypes()).isZero();
      assertThat(view.lines()).noneMatch(line -> line.contains("more types"));
    }
  }
}
