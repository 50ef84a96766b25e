package io.ratelimit.benchmarks.soak;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.OptionalLong;

/**
 * The usage of a soak at a moment when its queue is empty.
 *
 * @param heapBytes the used heap after garbage collections
 * @param storeBytes the bytes that the store uses, if outside this JVM
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
