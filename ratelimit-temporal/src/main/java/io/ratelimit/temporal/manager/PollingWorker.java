package io.ratelimit.temporal.manager;

import java.time.Instant;
import java.util.Optional;

/**
 * A worker process that asked the server for lanes in the last minutes: one that has ended may be
 * among them for 5 minutes.
 *
 * @param identity what it calls itself
 * @param queue the name of the queue that it serves, if it says so
 * @param slots how many lanes it runs at most, if it says so: one on a worker or with an identity
 *     of the host's own does not
 * @param version the build id of its deployment, if it has one
 * @param seenAt when it asked last
 */
public record PollingWorker(
    String identity,
    Optional<String> queue,
    Optional<Integer> slots,
    Optional<String> version,
    Instant seenAt) {}
