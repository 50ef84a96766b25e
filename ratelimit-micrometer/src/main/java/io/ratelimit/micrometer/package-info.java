/**
 * Metrics of a queue, its limit, its scaling and the attempts at its events, for any Micrometer
 * registry.
 *
 * <pre>{@code
 * EventQueue queue = MeteredEventQueue.of(registry, "audits", store);
 * QueueMetrics.of("audits", queue).bindTo(registry);
 * AuditEngine engine = AuditEngine.builder(queue)
 *     .handler(exchange::audit)
 *     .listener(AttemptMetrics.of(registry, "audits", queue.time()))
 *     .listener(ScalingMetrics.of(registry, "audits", queue.time()))
 *     .build();
 * }</pre>
 *
 * <p>Four parts, each of use without the others:
 *
 * <ul>
 *   <li>{@link io.ratelimit.micrometer.QueueMetrics}: what the queue holds, and its limit; every
 *       process that watches a queue says the same.
 *   <li>{@link io.ratelimit.micrometer.AttemptMetrics}: the attempts that this process makes, with
 *       an engine or a Temporal worker.
 *   <li>{@link io.ratelimit.micrometer.ScalingMetrics}: the last scaling decision, for an
 *       autoscaler too.
 *   <li>{@link io.ratelimit.micrometer.MeteredEventQueue}: how long the calls to the queue's store
 *       take.
 * </ul>
 *
 * <p>Every meter's name begins with {@code ratelimit.} and has the tag {@code queue}. Event ids,
 * wallets, workers and texts of failures never become tags; what a user names, types of events and
 * classes of exceptions, is bounded. The names, units and tags are stable; the project's {@code
 * docs/metrics.md} lists them all.
 */
@CheckReturnValue
@NullMarked
package io.ratelimit.micrometer;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
