package io.ratelimit.temporal;

import java.util.Optional;

/** What a worker calls itself towards Temporal: who it is, and which queue it serves. */
final class PollerIdentity {

  private static final String SERVES = " serves ";

  static String of(String client, String worker, Optional<String> queue) {
    return client + ' ' + worker + queue.map(name -> SERVES + name).orElse("");
  }

  /** The queue that a poller says that it serves, if it does. */
  static Optional<String> queueOf(String identity) {
    int at = identity.lastIndexOf(SERVES);
    return at < 0 ? Optional.empty() : Optional.of(identity.substring(at + SERVES.length()));
  }

  private PollerIdentity() {}
}
