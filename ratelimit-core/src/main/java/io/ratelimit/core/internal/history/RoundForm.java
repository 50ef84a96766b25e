package io.ratelimit.core.internal.history;

import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.report.Spread;
import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes and reads a round as a line of ASCII JSON. The version comes first and the id second, so
 * that a store finds both without reading the rest. Fields may be added; a change to the meaning of
 * a field needs a new version.
 */
public final class RoundForm {

  private static final long VERSION = 1;

  /** The beginning of each line, up to the id. */
  public static final String BEFORE_ID = "{\"v\":" + VERSION + ",\"id\":\"";

  /** Writes a round. Combines types if the line would be too long. */
  public static String write(RoundRecord round) {
    List<RoundRecord.OfType> types = round.types();
    String line = Json.write(object(round, types));
    while (line.length() > RoundRecord.MAX_BYTES) {
      types = FewerTypes.than(types);
      line = Json.write(object(round, types));
    }
    return line;
  }

  private static Map<String, Object> object(RoundRecord round, List<RoundRecord.OfType> types) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("v", VERSION);
    object.put("id", round.id());
    object.put("queue", round.queue());
    object.put("owner", round.owner());
    object.put("startedAt", round.startedAt());
    object.put("endedAt", round.endedAt());
    object.put("deadline", Fields.seconds(round.deadline()));
    object.put("outcome", round.outcome());
    round.why().ifPresent(why -> object.put("why", why));
    round.counts().ifPresent(counts -> object.put("counts", counts(counts)));
    round.arrivalsByMinute().ifPresent(counts -> object.put("arrivalsByMinute", counts));
    object.put("types", types.stream().map(RoundForm::type).toList());
    object.put("sample", sample(round.sample()));
    object.put("limit", limit(round.limit()));
    round.workers().ifPresent(workers -> object.put("workers", workers(workers)));
    object.put("bound", round.bound());
    object.put("notes", round.notes());
    return object;
  }

  private static Map<String, Object> counts(RoundRecord.Counts counts) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("backlog", counts.backlog());
    object.put("published", counts.published());
    object.put("done", counts.done());
    object.put("failed", counts.failed());
    object.put("remaining", counts.remaining());
    object.put("lost", counts.lost());
    object.put("attempts", counts.attempts());
    object.put("retries", counts.retries());
    return object;
  }

  private static Map<String, Object> type(RoundRecord.OfType type) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("type", type.type());
    type.backlog().ifPresent(count -> object.put("backlog", count));
    type.arrivalsByMinute().ifPresent(counts -> object.put("arrivalsByMinute", counts));
    object.put("attempts", type.attempts());
    object.put("done", type.done());
    object.put("failed", type.failed());
    object.put("retries", type.retries());
    type.processing().ifPresent(times -> object.put("processing", spread(times)));
    return object;
  }

  private static Map<String, Object> spread(Spread times) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("counts", times.counts());
    object.put("longest", Fields.seconds(times.longest()));
    return object;
  }

  private static Map<String, Object> sample(RoundRecord.Sample sample) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("attempts", sample.attempts());
    sample.waiting().ifPresent(times -> object.put("waiting", spread(times)));
    sample.processing().ifPresent(times -> object.put("processing", spread(times)));
    sample
        .worstWallets()
        .ifPresent(
            wallets ->
                object.put("worstWallets", wallets.stream().map(RoundForm::wallet).toList()));
    return object;
  }

  private static Map<String, Object> wallet(RoundRecord.OfWallet wallet) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("wallet", wallet.walletId());
    object.put("attempts", wallet.attempts());
    object.put("failures", wallet.failures());
    return object;
  }

  private static Map<String, Object> limit(RoundRecord.LimitUse limit) {
    Map<String, Object> object = new LinkedHashMap<>();
    limit.normal().ifPresent(normal -> object.put("normal", normal));
    object.put("inForce", limit.inForce().stream().map(RoundForm::inForce).toList());
    limit.largestWindow().ifPresent(count -> object.put("largestWindow", count));
    limit.extraStarts().ifPresent(count -> object.put("extraStarts", count));
    return object;
  }

  private static Map<String, Object> inForce(RoundRecord.InForce inForce) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("from", inForce.from());
    object.put("limit", inForce.limit());
    object.put("mode", inForce.mode());
    return object;
  }

  private static Map<String, Object> workers(RoundRecord.Workers workers) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("most", workers.most());
    object.put("mean", BigDecimal.valueOf(workers.mean()));
    object.put("minutes", BigDecimal.valueOf(workers.minutes()));
    return object;
  }

  /**
   * Reads a round.
   *
   * @throws IllegalArgumentException if the line is not a round that this version can read
   */
  public static RoundRecord read(String line) {
    try {
      return round(Fields.of(Json.read(line)));
    } catch (IllegalArgumentException unreadable) {
      throw new IllegalArgumentException(
          "this is no round that can be read: " + unreadable.getMessage(), unreadable);
    }
  }

  private static RoundRecord round(Fields fields) {
    if (fields.whole("v") != VERSION) {
      throw new IllegalArgumentException(
          "it is of version "
              + fields.whole("v")
              + " and this library reads version "
              + VERSION
              + "; read it with the version that wrote it, or a later one");
    }
    return new RoundRecord(
        fields.text("id"),
        fields.text("queue"),
        fields.text("owner"),
        fields.instant("startedAt"),
        fields.instant("endedAt"),
        fields.seconds("deadline"),
        RoundRecord.Outcome.valueOf(fields.text("outcome")),
        fields.optional("why", fields::text),
        fields.optional("counts", name -> counts(fields.object(name))),
        fields.optional("arrivalsByMinute", name -> wholes(fields.list(name))),
        fields.list("types").stream().map(type -> type(Fields.of(type))).toList(),
        sample(fields.object("sample")),
        limit(fields.object("limit")),
        fields.optional("workers", name -> workers(fields.object(name))),
        bound(fields.object("bound")),
        fields.list("notes").stream().map(Fields::textOf).toList());
  }

  private static RoundRecord.Counts counts(Fields fields) {
    return new RoundRecord.Counts(
        fields.whole("backlog"),
        fields.whole("published"),
        fields.whole("done"),
        fields.whole("failed"),
        fields.whole("remaining"),
        fields.whole("lost"),
        fields.whole("attempts"),
        fields.whole("retries"));
  }

  private static List<Long> wholes(List<?> values) {
    return values.stream().map(Fields::wholeOf).toList();
  }

  private static RoundRecord.OfType type(Fields fields) {
    return new RoundRecord.OfType(
        fields.text("type"),
        fields.optional("backlog", fields::whole),
        fields.optional("arrivalsByMinute", name -> wholes(fields.list(name))),
        fields.whole("attempts"),
        fields.whole("done"),
        fields.whole("failed"),
        fields.whole("retries"),
        fields.optional("processing", name -> spread(fields.object(name))));
  }

  private static Spread spread(Fields fields) {
    return new Spread(
        byBucket(fields.object("counts")), Collections.emptySortedMap(), fields.seconds("longest"));
  }

  private static SortedMap<Integer, Long> byBucket(Fields fields) {
    SortedMap<Integer, Long> byBucket = new TreeMap<>();
    fields
        .all()
        .forEach(
            (bucket, value) ->
                byBucket.put(Integer.valueOf(bucket.toString()), Fields.wholeOf(value)));
    return byBucket;
  }

  private static RoundRecord.Sample sample(Fields fields) {
    Optional<List<RoundRecord.OfWallet>> wallets =
        fields.optional(
            "worstWallets",
            name -> fields.list(name).stream().map(wallet -> wallet(Fields.of(wallet))).toList());
    return new RoundRecord.Sample(
        fields.whole("attempts"),
        fields.optional("waiting", name -> spread(fields.object(name))),
        fields.optional("processing", name -> spread(fields.object(name))),
        wallets);
  }

  private static RoundRecord.OfWallet wallet(Fields fields) {
    return new RoundRecord.OfWallet(
        fields.text("wallet"), fields.whole("attempts"), fields.whole("failures"));
  }

  private static RoundRecord.LimitUse limit(Fields fields) {
    return new RoundRecord.LimitUse(
        fields.optional("normal", name -> RateLimit.parse(fields.text(name))),
        fields.list("inForce").stream().map(inForce -> inForce(Fields.of(inForce))).toList(),
        fields.optional("largestWindow", fields::whole),
        fields.optional("extraStarts", fields::whole));
  }

  private static RoundRecord.InForce inForce(Fields fields) {
    return new RoundRecord.InForce(
        fields.instant("from"),
        RateLimit.parse(fields.text("limit")),
        Mode.valueOf(fields.text("mode")));
  }

  private static RoundRecord.Workers workers(Fields fields) {
    return new RoundRecord.Workers(
        Math.toIntExact(Math.min(Integer.MAX_VALUE, Math.max(-1, fields.whole("most")))),
        fields.real("mean"),
        fields.real("minutes"));
  }

  private static Map<Constraint, Double> bound(Fields fields) {
    Map<Constraint, Double> bound = new EnumMap<>(Constraint.class);
    fields
        .all()
        .forEach(
            (constraint, share) ->
                bound.put(Constraint.valueOf(constraint.toString()), Fields.realOf(share)));
    return bound;
  }

  private RoundForm() {}
}
