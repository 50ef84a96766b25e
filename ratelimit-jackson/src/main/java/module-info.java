/** JSON with Jackson: payloads of the host's own types, and this library's values. */
module io.ratelimit.jackson {
  requires transitive io.ratelimit.core;
  requires transitive com.fasterxml.jackson.core;
  requires transitive com.fasterxml.jackson.databind;
  requires com.fasterxml.jackson.annotation;
  requires com.fasterxml.jackson.datatype.jdk8;
  requires com.fasterxml.jackson.datatype.jsr310;
  requires static com.google.errorprone.annotations;

  exports io.ratelimit.jackson;

  provides com.fasterxml.jackson.databind.Module with
      io.ratelimit.jackson.RateLimitModule;
}
