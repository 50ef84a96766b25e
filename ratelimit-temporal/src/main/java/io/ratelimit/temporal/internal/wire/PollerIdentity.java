package io.ratelimit.temporal.internal.wire;

import java.util.Optional;

/** What a worker calls itself towards Temporal: who it is, and which queue it serves. */
public final class PollerIdentity {

  private static final String SERVES = " serves ";

  public static String of(String client, String worker, Optional<String> queue) {
    return client + ' ' + worker + queue.map(name -> SERVES + name).orElse("");
  }

  /** The queue that a poller says that it serves, if it does. */
  public static Optional<String> queueOf(String identity) {
    int at = identity.lastIndexOf(SERVES);
    return at < 0 ? Optional.empty() : Optional.of(identity.substring(at + SERVES.length()));
  }

  private PollerIdentity() {}
}
