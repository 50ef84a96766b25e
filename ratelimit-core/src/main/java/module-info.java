/**
 * Limits, scaling, planning, the queue with an implementation in memory, and the embedded engine.
 *
 * <p>What is exported to named modules only is internal: shared with the library's other modules,
 * and changed without notice.
 */
// Bucket4j names its module in the manifest only; the siblings are not seen when this is compiled.
@SuppressWarnings({"module", "requires-automatic"})
module io.ratelimit.core {
  requires com.fasterxml.jackson.core;
  requires io.github.bucket4j.core;
  requires org.slf4j;
  requires transitive org.jspecify;
  requires static com.google.errorprone.annotations;

  exports io.ratelimit.core;
  exports io.ratelimit.core.engine;
  exports io.ratelimit.core.event;
  exports io.ratelimit.core.forecast;
  exports io.ratelimit.core.handler;
  exports io.ratelimit.core.history;
  exports io.ratelimit.core.limit;
  exports io.ratelimit.core.limiter;
  exports io.ratelimit.core.plan;
  exports io.ratelimit.core.queue;
  exports io.ratelimit.core.report;
  exports io.ratelimit.core.scaling;
  exports io.ratelimit.core.simulation;
  exports io.ratelimit.core.time;
  exports io.ratelimit.core.internal.check to
      io.ratelimit.http,
      io.ratelimit.micrometer,
      io.ratelimit.redis,
      io.ratelimit.temporal;
  exports io.ratelimit.core.internal.engine to
      io.ratelimit.temporal;
  exports io.ratelimit.core.internal.handler to
      io.ratelimit.temporal;
  exports io.ratelimit.core.internal.history to
      io.ratelimit.redis,
      io.ratelimit.temporal;
  exports io.ratelimit.core.internal.limiter to
      io.ratelimit.redis;
  exports io.ratelimit.core.internal.log to
      io.ratelimit.redis,
      io.ratelimit.temporal;
  exports io.ratelimit.core.internal.queue to
      io.ratelimit.redis;
  exports io.ratelimit.core.internal.report to
      io.ratelimit.temporal;
}
