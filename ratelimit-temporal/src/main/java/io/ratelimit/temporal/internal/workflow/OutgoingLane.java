package io.ratelimit.temporal.internal.workflow;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.time.Instant;

/**
 * A lane that was active when the run that started it ended.
 *
 * @param id the id of the lane's request
 * @param since when that run ended, by Temporal's clock
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record OutgoingLane(String id, Instant since) {}
