package io.ratelimit.temporal.internal.wire;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.time.Duration;

/**
 * What a watch over an idle queue waits for.
 *
 * @param limitVersion the known version of the limit's settings; another version ends the watch
 * @param longest the longest time to wait
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record WatchRequest(long limitVersion, Duration longest) {}
