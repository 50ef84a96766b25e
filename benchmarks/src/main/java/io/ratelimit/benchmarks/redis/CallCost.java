package io.ratelimit.benchmarks.redis;

import java.util.Locale;
import java.util.OptionalDouble;

/**
 * The cost of a call of the queue in Redis.
 *
 * @param call the name of the call, without quotation marks
 * @param batch the number of events per call
 * @param scriptMicros the time of the scripts according to Redis, per event
 * @param processorMicros Redis's CPU time per event, including reading and answering
 * @param instructions the instructions that Redis executed per event, if they can be counted
 */
record CallCost(
    String call,
    int batch,
    double scriptMicros,
    double processorMicros,
    OptionalDouble instructions) {

  CallCost withInstructions(double perEvent) {
    return new CallCost(call, batch, scriptMicros, processorMicros, OptionalDouble.of(perEvent));
  }

  String json() {
    return String.format(
        Locale.ROOT,
        "{\"call\":\"%s\",\"batch\":%d,\"scriptMicros\":%.2f,\"processorMicros\":%.2f"
            + ",\"instructions\":%s}",
        call,
        batch,
        scriptMicros,
        processorMicros,
        instructions.isPresent()
            ? String.format(Locale.ROOT, "%.0f", instructions.getAsDouble())
            : "null");
  }
}
