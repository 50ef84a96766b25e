package io.ratelimit.redis.internal.calls;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.internal.queue.ChangeListeners;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.PublishReceipt;
import io.ratelimit.redis.internal.script.LimitedReply;
import io.ratelimit.redis.internal.script.Script;
import io.ratelimit.redis.internal.session.Session;
import io.ratelimit.redis.internal.wire.WireEvents;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Publishes in batches, so that Redis answers others in between. Thread-safe. */
public final class Publisher {

  private static final int PUBLISHED_AT_ONCE = 500;
  private static final int BYTES_AT_ONCE = 1 << 20;

  private final Session session;
  private final ChangeListeners listeners;
  private final int countedTypes;

  /**
   * @param countedTypes how many types of pending events are counted one by one
   */
  public Publisher(Session session, ChangeListeners listeners, int countedTypes) {
    this.session = session;
    this.listeners = listeners;
    this.countedTypes = countedTypes;
  }

  public PublishReceipt publish(Collection<AuditEvent> events) {
    List<AuditEvent> copy = List.copyOf(events);
    int heaviest = copy.stream().mapToInt(AuditEvent::weight).max().orElse(1);
    List<String> duplicates = new ArrayList<>();
    int from = 0;
    while (from < copy.size()) {
      List<Object> arguments = new ArrayList<>();
      arguments.add(session.channel());
      arguments.add(session.client());
      // Checked with the first batch, for all: of too heavy events none is published.
      arguments.add(from == 0 ? heaviest : 1);
      arguments.add(countedTypes);
      int to = from;
      int bytes = 0;
      while (to < copy.size() && to - from < PUBLISHED_AT_ONCE && bytes < BYTES_AT_ONCE) {
        AuditEvent event = copy.get(to++);
        byte[] content = WireEvents.content(event);
        bytes += content.length;
        arguments.add(event.id());
        arguments.add(event.weight());
        arguments.add(WireEvents.type(event.type()));
        arguments.add(content);
      }
      String ifLost =
          (from == 0 ? "the events" : "the first " + from + " events are published, the others")
              + " may be; publishing all again is safe, as none becomes pending twice";
      LimitedReply reply = session.limited(Script.PUBLISH, ifLost, arguments.toArray());
      if (reply.rest().text().equals("heavy")) {
        throw tooHeavy(copy, reply.settings().normal());
      }
      while (reply.rest().hasNext()) {
        duplicates.add(copy.get(from + (int) reply.rest().number()).id());
      }
      from = to;
    }
    if (copy.size() > duplicates.size()) {
      listeners.tell();
    }
    return new PublishReceipt(copy.size() - duplicates.size(), duplicates);
  }

  private static IllegalArgumentException tooHeavy(List<AuditEvent> events, RateLimit normal) {
    AuditEvent event =
        events.stream().filter(e -> e.weight() > normal.permits()).findFirst().orElseThrow();
    return new IllegalArgumentException(
        "event "
            + event.id()
            + " weighs "
            + event.weight()
            + " and could never start under the limit of "
            + normal
            + "; nothing was published");
  }
}
