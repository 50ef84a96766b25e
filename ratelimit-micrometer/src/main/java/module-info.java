/** Metrics of queues, attempts and scaling. */
// Micrometer names its module in the manifest only, and its types are part of this API.
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
module io.ratelimit.micrometer {
  requires transitive io.ratelimit.core;
  requires transitive micrometer.core;
  requires static com.google.errorprone.annotations;

  exports io.ratelimit.micrometer;
}
