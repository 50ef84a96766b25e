package io.ratelimit.cli.event;

import io.ratelimit.cli.option.Converters;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** Generates events like those of a real audit, determined by a seed. */
public final class SampleEvents {

  private static final int EVENTS_PER_WALLET = 3;
  private static final List<String> ASSETS = List.of("BTC", "ETH", "SOL", "XRP", "USDT");

  /**
   * The share of a type.
   *
   * @param type the type
   * @param percent its share in percent
   */
  private record Share(EventType type, int percent) {}

  private static final List<Share> SHARES =
      List.of(
          new Share(EventType.REBALANCE_NEEDED, 8),
          new Share(EventType.OPEN_POSITION_DETECTED, 20),
          new Share(EventType.OPEN_ORDER_DETECTED, 30),
          new Share(EventType.NEW_BALANCE_UPDATE, 17),
          new Share(EventType.BALANCE_CHECK_REQUIRED, 25));

  private final SplittableRandom random;
  private final int wallets;
  private final List<AuditEvent> events = new ArrayList<>();

  private SampleEvents(int count, long seed) {
    this.random = new SplittableRandom(seed);
    this.wallets = Math.max(1, count / EVENTS_PER_WALLET);
  }

  /** Returns events of the five standard types. */
  public static List<AuditEvent> mixed(int count, long seed) {
    SampleEvents sample = new SampleEvents(count, seed);
    for (int i = 0; i < count; i++) {
      sample.add(sample.type(), 1);
    }
    return sample.events;
  }

  /** Returns the given number of events of each type, type by type. */
  static List<AuditEvent> ofTypes(List<Converters.TypeCount> counts, long seed) {
    int total = counts.stream().mapToInt(Converters.TypeCount::count).sum();
    SampleEvents sample = new SampleEvents(total, seed);
    for (Converters.TypeCount each : counts) {
      for (int i = 0; i < each.count(); i++) {
        sample.add(each.type(), each.weight());
      }
    }
    return sample.events;
  }

  /** Returns the events with a prefix on their ids, as new events. */
  public static List<AuditEvent> withPrefix(String prefix, List<AuditEvent> events) {
    return events.stream()
        .map(
            event ->
                new AuditEvent(
                    prefix + event.id(),
                    event.type(),
                    event.walletId(),
                    event.payload(),
                    event.attributes(),
                    event.weight()))
        .toList();
  }

  private EventType type() {
    int left = random.nextInt(100);
    for (Share share : SHARES) {
      left -= share.percent;
      if (left < 0) {
        return share.type;
      }
    }
    throw new AssertionError("the shares are less than 100");
  }

  private void add(EventType type, int weight) {
    String id = String.format(Locale.ROOT, "evt-%04d", events.size() + 1);
    String wallet = String.format(Locale.ROOT, "wallet-%02d", 1 + random.nextInt(wallets));
    events.add(
        AuditEvent.of(id, type, wallet)
            .withPayload(Payload.ofText(payload(type)))
            .withWeight(weight));
  }

  private String payload(EventType type) {
    String asset = ASSETS.get(random.nextInt(ASSETS.size()));
    int number = random.nextInt(1, 1_000);
    return switch (type.name()) {
      case "REBALANCE_NEEDED" ->
          "{\"asset\":\"" + asset + "\",\"driftPercent\":" + number % 20 + "}";
      case "OPEN_POSITION_DETECTED" -> "{\"symbol\":\"" + asset + "-USD\",\"size\":" + number + "}";
      case "OPEN_ORDER_DETECTED" ->
          "{\"symbol\":\"" + asset + "-USD\",\"orderId\":\"ord-" + number + "\"}";
      default -> "{\"asset\":\"" + asset + "\"}";
    };
  }
}
