/** Traces that continue from the publisher of an event to its handler. */
// OpenTelemetry names its modules in manifests only, and its types are part of this API.
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
module io.ratelimit.opentelemetry {
  requires transitive io.ratelimit.core;
  requires transitive io.opentelemetry.api;
  requires io.opentelemetry.context;
  requires static com.google.errorprone.annotations;

  exports io.ratelimit.opentelemetry;
}
