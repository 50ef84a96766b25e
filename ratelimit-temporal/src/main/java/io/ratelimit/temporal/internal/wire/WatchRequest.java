package io.ratelimit.temporal.internal.wire;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.time.Duration;

/**
 * What to wait for in an idle queue.
 *
 * @param limitVersion the version of the limit's settings that is known; another one is news
 * @param longest how long to wait at most
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record WatchRequest(long limitVersion, Duration longest) {}
