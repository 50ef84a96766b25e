package io.ratelimit.benchmarks.engine;

import java.util.Locale;
import java.util.OptionalDouble;

/**
 * How fast events were handled, and the cost of each.
 *
 * @param side who handled them, without quotation marks
 * @param lanes the number of concurrent events
 * @param handlerMillis how long each handler took
 * @param perSecond the number of events per second
 * @param storeMicros the store's CPU time for each, in microseconds
 * @param calls the number of commands or scripts that the store ran for each
 * @param sleeps how often a thread of the handling process went to sleep for each
 * @param micros this process's CPU time for each, in microseconds
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
