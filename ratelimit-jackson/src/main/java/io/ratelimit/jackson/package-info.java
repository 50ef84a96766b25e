/**
 * JSON by Jackson: payloads of a host's own types ({@link io.ratelimit.jackson.JacksonCodec}), and
 * this library's values in a host's JSON ({@link io.ratelimit.jackson.RateLimitModule}).
 */
@CheckReturnValue
@NullMarked
package io.ratelimit.jackson;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
