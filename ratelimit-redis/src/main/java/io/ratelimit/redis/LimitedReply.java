package io.ratelimit.redis;

import io.ratelimit.core.limit.LimitSettings;

/**
 * A reply that began with what clients remember of the limit.
 *
 * @param now the store's time, in microseconds
 * @param settings the settings of the limit
 * @param rest what follows
 */
record LimitedReply(long now, LimitSettings settings, Reply rest) {}
