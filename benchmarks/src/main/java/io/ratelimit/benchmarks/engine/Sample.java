package io.ratelimit.benchmarks.engine;

import java.util.Locale;
import java.util.OptionalDouble;

/**
 * How fast events were handled, and what each took.
 *
 * @param side who handled them, without quotation marks
 * @param lanes how many at a time
 * @param handlerMillis how long each handler took
 * @param perSecond how many a second
 * @param storeMicros the time of a processor that the store used for each
 * @param calls how many commands or scripts the store ran for each
 * @param sleeps how often a thread of the process that handles them went to sleep for each
 * @param micros the time of a processor that this process used for each
 */
record Sample(
    String side,
    int lanes,
    int handlerMillis,
    double perSecond,
    OptionalDouble storeMicros,
    OptionalDouble calls,
    OptionalDouble sleeps,
    OptionalDouble micros) {

  String json() {
    return String.format(
        Locale.ROOT,
        "{\"side\":\"%s\",\"lanes\":%d,\"handlerMillis\":%d,\"perSecond\":%.1f"
            + ",\"storeMicros\":%s,\"calls\":%s,\"sleeps\":%s,\"micros\":%s}",
        side,
        lanes,
        handlerMillis,
        perSecond,
        json(storeMicros),
        json(calls),
        json(sleeps),
        json(micros));
  }

  private static String json(OptionalDouble value) {
    return value.isPresent() ? String.format(Locale.ROOT, "%.3f", value.getAsDouble()) : "null";
  }
}
