package io.ratelimit.cli.deploy;

import java.util.List;
import java.util.Map;

/** The Prometheus Operator's resource, as far as the example uses it. */
record PodMonitor(String apiVersion, String kind, Meta metadata, Spec spec) {

  record Spec(String jobLabel, Selector selector, List<Endpoint> podMetricsEndpoints) {}

  record Selector(Map<String, String> matchLabels) {}

  record Endpoint(String port, String path, String interval, String scrapeTimeout) {}
}
