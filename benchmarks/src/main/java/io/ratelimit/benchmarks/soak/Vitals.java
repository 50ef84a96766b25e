package io.ratelimit.benchmarks.soak;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.OptionalLong;

/**
 * What a soak uses at one moment, when its queue is empty.
 *
 * @param heapBytes what is left of the heap after collections
 * @param storeBytes what the store uses, if that is outside this JVM
 */
record Vitals(long heapBytes, OptionalLong storeBytes) {

  private static final int COLLECTIONS = 3;

  static Vitals take(Store store) throws IOException {
    for (int n = 0; n < COLLECTIONS; n++) {
      System.gc();
    }
    return new Vitals(
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(), store.usedBytes());
  }
}
