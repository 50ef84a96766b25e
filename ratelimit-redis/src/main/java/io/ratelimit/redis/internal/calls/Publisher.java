package io.ratelimit.redis.internal.calls;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.internal.queue.ChangeListeners;
import io.ratelimit.core.limit.Charge;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.PublishReceipt;
import io.ratelimit.core.queue.PublishTerms;
import io.ratelimit.redis.internal.script.LimitedReply;
import io.ratelimit.redis.internal.script.Script;
import io.ratelimit.redis.internal.session.Session;
import io.ratelimit.redis.internal.wire.Micros;
import io.ratelimit.redis.internal.wire.WireEvents;
import io.ratelimit.redis.internal.wire.WireLimits;
import io.ratelimit.redis.internal.wire.WireTerms;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Publishes in batches, so that Redis can answer others in between. Thread-safe. */
public final class Publisher {

  private static final int PUBLISHED_AT_ONCE = 500;
  private static final int BYTES_AT_ONCE = 1 << 20;

  private final Session session;
  private final ChangeListeners listeners;
  private final int countedTypes;
  private final Limits limits;
  private final Runnable declare;

  /**
   * @param countedTypes how many types of pending events are counted separately
   * @param limits the named limits, which determine what events cost
   * @param declare declares them again if Redis has lost them
   */
  public Publisher(
      Session session,
      ChangeListeners listeners,
      int countedTypes,
      Limits limits,
      Runnable declare) {
    this.session = session;
    this.listeners = listeners;
    this.countedTypes = countedTypes;
    this.limits = limits;
    this.declare = declare;
  }

  public PublishReceipt publish(Collection<AuditEvent> events, PublishTerms terms) {
    long delay = Micros.ceiling(terms.delay());
    String expiry = terms.expiry().map(WireTerms::expiry).orElse("");
    long dedup = Micros.ceiling(terms.dedupAfterDone());
    String place = WireTerms.place(terms);
    List<AuditEvent> copy = List.copyOf(events);
    List<List<Charge>> charges = copy.stream().map(limits::charges).toList();
    List<String> keys = copy.stream().map(event -> WireTerms.key(terms, event)).toList();
    String dearest = dearest(charges);
    int heaviest = copy.stream().mapToInt(AuditEvent::weight).max().orElse(1);
    List<String> duplicates = new ArrayList<>();
    int from = 0;
    while (from < copy.size()) {
      List<Object> arguments = new ArrayList<>();
      arguments.add(session.channel());
      arguments.add(session.client());
      // The first batch checks all events: if one is too heavy, none is published.
      arguments.add(from == 0 ? heaviest : 1);
      arguments.add(countedTypes);
      arguments.add(from == 0 ? dearest : "");
      arguments.add(delay);
      arguments.add(expiry);
      arguments.add(place);
      arguments.add(dedup);
      int to = from;
      int bytes = 0;
      while (to < copy.size() && to - from < PUBLISHED_AT_ONCE && bytes < BYTES_AT_ONCE) {
        String charged = WireLimits.charges(charges.get(to)) + keys.get(to);
        AuditEvent event = copy.get(to++);
        byte[] content = WireEvents.content(event);
        bytes += content.length;
        arguments.add(event.id());
        arguments.add(event.weight() + charged);
        arguments.add(WireEvents.type(event.type()));
        arguments.add(content);
      }
      String ifLost =
          (from == 0 ? "the events" : "the first " + from + " events are published, the others")
              + " may be; publishing all again is safe, as none becomes pending twice";
      LimitedReply reply = session.limited(Script.PUBLISH, ifLost, arguments.toArray());
      switch (reply.rest().text()) {
        case "heavy" -> throw tooHeavy(copy, reply.settings().normal());
        case "dear" -> {
          String name = WireLimits.decoded(reply.rest().text());
          throw tooDear(copy, charges, name, reply.rest().number());
        }
        case "undeclared" -> {
          // Redis was emptied; limits that are declared again count as fully spent.
          declare.run();
          continue;
        }
        default -> {
          // Published.
        }
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

  /** Returns "name:cost " for each limit, with the largest cost under it. */
  private static String dearest(List<List<Charge>> charges) {
    Map<String, Integer> most = new TreeMap<>();
    for (List<Charge> ofEvent : charges) {
      ofEvent.forEach(c -> most.merge(c.key().limit(), c.cost(), Math::max));
    }
    StringBuilder text = new StringBuilder();
    most.forEach((name, cost) -> text.append(WireLimits.encoded(name) + ':' + cost + ' '));
    return text.toString();
  }

  private static IllegalArgumentException tooDear(
      List<AuditEvent> events, List<List<Charge>> charges, String name, long largest) {
    for (int i = 0; i < events.size(); i++) {
      for (Charge charge : charges.get(i)) {
        if (charge.key().limit().equals(name) && charge.cost() > largest) {
          return new IllegalArgumentException(
              "event "
                  + Printable.text(events.get(i).id())
                  + " costs "
                  + charge.cost()
                  + " in the limit "
                  + name
                  + ", which admits "
                  + largest
                  + " at most; nothing was published");
        }
      }
    }
    throw new AssertionError(name);
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
