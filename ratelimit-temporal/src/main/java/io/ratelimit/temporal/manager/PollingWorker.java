package io.ratelimit.temporal.manager;

import java.time.Instant;
import java.util.Optional;

/**
 * A worker that asked the server for lanes in the last minutes.
 *
 * @param identity what it calls itself
 * @param queue the name of the queue that it serves, if it says so
 * @param seenAt when it asked last
 */
public record PollingWorker(String identity, Optional<String> queue, Instant seenAt) {}
