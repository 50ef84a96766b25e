package io.ratelimit.core.internal.memory;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Payload;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.internal.form.FormReader;
import io.ratelimit.core.internal.form.FormWriter;
import io.ratelimit.core.limit.Charge;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.Pause;
import io.ratelimit.core.queue.Costs;
import io.ratelimit.core.queue.FailedEvent.PastAttempt;
import io.ratelimit.core.scaling.TypeHistory;
import io.ratelimit.core.scaling.TypeHistory.ProcessingTimes;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The values in a queue's records as text. A change of the form needs a new version. */
final class RecordForms {

  static void write(FormWriter form, EventType type) {
    form.text(type.name()).text(type.priority().name()).duration(type.processingTime());
  }

  static EventType type(FormReader form) {
    return new EventType(form.text(), priority(form), form.duration());
  }

  static Priority priority(FormReader form) {
    return Priority.valueOf(form.text());
  }

  static void write(FormWriter form, AuditEvent event) {
    form.text(event.id());
    write(form, event.type());
    form.text(event.walletId())
        .text(Base64.getEncoder().encodeToString(event.payload().bytes()))
        .list(
            new TreeMap<>(event.attributes()).entrySet(),
            attribute -> form.text(attribute.getKey()).text(attribute.getValue()))
        .number(event.weight());
  }

  static AuditEvent event(FormReader form) {
    String id = form.text();
    EventType type = type(form);
    String wallet = form.text();
    Payload payload = Payload.ofBytes(Base64.getDecoder().decode(form.text()));
    return new AuditEvent(id, type, wallet, payload, map(form, form::text), form.integer());
  }

  private static <V> Map<String, V> map(FormReader form, Supplier<V> value) {
    Map<String, V> map = new HashMap<>();
    for (Map.Entry<String, V> entry : form.list(() -> Map.entry(form.text(), value.get()))) {
      map.put(entry.getKey(), entry.getValue());
    }
    return map;
  }

  static void write(FormWriter form, LimitKey key) {
    form.text(key.limit()).text(key.key());
  }

  static LimitKey key(FormReader form) {
    return new LimitKey(form.text(), form.text());
  }

  static void write(FormWriter form, List<Charge> charges) {
    form.list(
        charges,
        charge -> {
          write(form, charge.key());
          form.number(charge.cost());
        });
  }

  static List<Charge> charges(FormReader form) {
    return form.list(() -> new Charge(key(form), form.integer()));
  }

  static void write(FormWriter form, PastAttempt past) {
    form.number(past.attempt()).instant(past.takenAt()).instant(past.endedAt()).text(past.reason());
  }

  static PastAttempt pastAttempt(FormReader form) {
    return new PastAttempt(form.integer(), form.instant(), form.instant(), form.text());
  }

  /** Writes costs; usage reported by an API is left out, because it was debited. */
  static void write(FormWriter form, Costs costs) {
    form.number(costs.permits().orElse(-1))
        .list(costs.named().entrySet(), cost -> form.text(cost.getKey()).number(cost.getValue()));
  }

  static Costs costs(FormReader form) {
    int permits = form.integer();
    return new Costs(
        permits < 0 ? OptionalInt.empty() : OptionalInt.of(permits),
        map(form, form::integer),
        List.of());
  }

  static void write(FormWriter form, TypeHistory history) {
    form.number(history.attempts())
        .number(history.failures())
        .list(
            history.times().counts().entrySet(),
            count -> form.number(count.getKey()).number(count.getValue()));
  }

  static TypeHistory history(FormReader form) {
    long attempts = form.number();
    long failures = form.number();
    TreeMap<Integer, Long> counts = new TreeMap<>();
    for (Map.Entry<Integer, Long> count :
        form.list(() -> Map.entry(form.integer(), form.number()))) {
      counts.put(count.getKey(), count.getValue());
    }
    return new TypeHistory(attempts, failures, ProcessingTimes.of(counts));
  }

  static void write(FormWriter form, Optional<Pause> pause) {
    form.optional(pause, some -> form.optional(some.until(), form::instant));
  }

  static Optional<Pause> pause(FormReader form) {
    return form.optional(() -> new Pause(form.optional(form::instant)));
  }

  private RecordForms() {}
}
