/** A queue and its limit in Redis. */
// Lettuce names its module in the manifest only, and its types are part of this API.
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
module io.ratelimit.redis {
  requires transitive io.ratelimit.core;
  requires transitive lettuce.core;
  requires io.netty.common;
  requires org.slf4j;
  requires static transitive com.google.errorprone.annotations;

  exports io.ratelimit.redis;
}
