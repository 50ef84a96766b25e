package io.ratelimit.redis;

import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeResult;

/**
 * What came of {@link RedisEventQueue#ackAndTake}.
 *
 * @param acked what became of the lease
 * @param taken what was taken
 */
public record AckedAndTaken(Settlement acked, TakeResult taken) {}
