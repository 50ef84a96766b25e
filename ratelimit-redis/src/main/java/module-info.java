/** A queue and its limit in Redis. */
// Lettuce names its module in the manifest only, and its types are part of this API.
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
module io.ratelimit.redis {
  requires transitive io.ratelimit.core;
  requires transitive lettuce.core;
  requires org.slf4j;
  // What Lettuce needs and, without a descriptor, cannot ask for.
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.resolver.dns;
  requires jdk.net; // keep-alive probes
  requires static com.google.errorprone.annotations;

  exports io.ratelimit.redis;
}
