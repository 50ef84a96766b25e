package io.ratelimit.temporal.manager;

import java.time.Instant;
import java.util.Optional;

/**
 * A worker process that asked the server for lanes in the last minutes; a process that has ended
 * may be included for 5 minutes.
 *
 * @param identity its identity
 * @param queue the name of the queue that it serves, if it says so
 * @param slots how many lanes it runs at most, if it says so; a host's own worker or identity does
 *     not
 * @param version the build id of its deployment, if it has one
 * @param seenAt when it asked last
 */
public record PollingWorker(
    String identity,
    Optional<String> queue,
    Optional<Integer> slots,
    Optional<String> version,
    Instant seenAt) {}
