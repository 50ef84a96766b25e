package io.ratelimit.core.queue;

/** A registered listener; closing it ends the calls. Closing again does nothing. */
@FunctionalInterface
public interface Subscription extends AutoCloseable {
  @Override
  void close();
}
