package io.ratelimit.benchmarks.redis;

import java.util.Locale;
import java.util.OptionalDouble;

/**
 * What a call of the queue costs Redis.
 *
 * @param call what is called, without quotation marks
 * @param batch for how many events
 * @param scriptMicros how long Redis says that its scripts took, for each event
 * @param processorMicros the time of a processor that Redis used, reading and answering included,
 *     for each event
 * @param instructions how many instructions Redis executed for each event, if they can be counted
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
