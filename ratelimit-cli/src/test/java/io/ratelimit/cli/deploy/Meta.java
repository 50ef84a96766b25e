package io.ratelimit.cli.deploy;

import java.util.Map;

/** What the files for resources that Kubernetes does not know by itself have in common. */
record Meta(String name, String namespace, Map<String, String> labels) {}
