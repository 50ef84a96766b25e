package io.ratelimit.redis.internal.script;

import io.ratelimit.core.limit.LimitSettings;

/**
 * A reply that begins with the state of the limit that clients remember.
 *
 * @param now the store's time, in microseconds
 * @param settings the settings of the limit
 * @param rest the rest of the reply
 */
public record LimitedReply(long now, LimitSettings settings, Reply rest) {}
