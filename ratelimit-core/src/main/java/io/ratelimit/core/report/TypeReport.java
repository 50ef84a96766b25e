package io.ratelimit.core.report;

import java.time.Duration;

/**
 * What happened to the events of one type.
 *
 * @param done how many were finished
 * @param failed how many were given up
 * @param attempts how many attempts were made at them
 * @param meanProcessing how long an attempt took on average
 */
public record TypeReport(long done, long failed, long attempts, Duration meanProcessing) {}
