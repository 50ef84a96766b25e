package io.ratelimit.benchmarks.engine;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.queue.EventQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Numbered events of a hundred wallets, without a payload, and their publication in batches. */
final class Numbered {

  private static final EventType TYPE = EventType.of("TEST");
  // Shared by all events, and so no part of what each of them takes.
  private static final List<String> WALLETS =
      IntStream.range(0, 100).mapToObj(n -> "wallet-" + n).toList();

  private Numbered() {}

  /**
   * Makes events.
   *
   * @param prefix what their ids begin with; ends in a hyphen
   * @param until the number after the last one
   */
  static List<AuditEvent> events(String prefix, int from, int until) {
    List<AuditEvent> events = new ArrayList<>(until - from);
    for (int n = from; n < until; n++) {
      events.add(AuditEvent.of(prefix + n, TYPE, WALLETS.get(n % WALLETS.size())));
    }
    return events;
  }

  /** Returns the number of an event. */
  static int of(AuditEvent event) {
    return Integer.parseInt(event.id().substring(event.id().indexOf('-') + 1));
  }

  /** Publishes events, so many at once. */
  static void publish(EventQueue queue, List<AuditEvent> events, int batch) {
    for (int from = 0; from < events.size(); from += batch) {
      queue.publish(events.subList(from, Math.min(from + batch, events.size())));
    }
  }
}
