package io.ratelimit.redis.internal.script;

import io.ratelimit.core.limit.LimitSettings;

/**
 * A reply that began with what clients remember of the limit.
 *
 * @param now the store's time, in microseconds
 * @param settings the settings of the limit
 * @param rest what follows
 */
public record LimitedReply(long now, LimitSettings settings, Reply rest) {}
