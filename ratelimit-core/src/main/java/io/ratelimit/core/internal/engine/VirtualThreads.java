package io.ratelimit.core.internal.engine;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;

/** Creates virtual threads by reflection: the oldest supported Java does not have them. */
final class VirtualThreads {

  private static final int FIRST_JAVA = 21;

  /** Returns a factory of virtual threads with numbered names; empty if the JVM has none. */
  static Optional<ThreadFactory> factory(String prefix) {
    if (Runtime.version().feature() < FIRST_JAVA) {
      return Optional.empty();
    }
    try {
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      Class<?> builder = Class.forName("java.lang.Thread$Builder");
      Class<?> virtual = Class.forName("java.lang.Thread$Builder$OfVirtual");
      MethodHandle ofVirtual =
          lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(virtual));
      MethodHandle name =
          lookup.findVirtual(
              builder, "name", MethodType.methodType(builder, String.class, long.class));
      MethodHandle factory =
          lookup.findVirtual(builder, "factory", MethodType.methodType(ThreadFactory.class));
      return Optional.of(
          (ThreadFactory) factory.invoke(name.invoke(ofVirtual.invoke(), prefix, 1L)));
    } catch (Throwable failure) {
      throw new IllegalStateException(
          "this Java " + Runtime.version() + " has virtual threads, but does not make them",
          failure);
    }
  }

  private VirtualThreads() {}
}
