/**
 * JSON with Jackson: payloads of the host's own types ({@link io.ratelimit.jackson.JacksonCodec}),
 * and this library's values in the host's JSON ({@link io.ratelimit.jackson.RateLimitModule}).
 */
@CheckReturnValue
@NullMarked
package io.ratelimit.jackson;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
