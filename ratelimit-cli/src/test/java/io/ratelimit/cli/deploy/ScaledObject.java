package io.ratelimit.cli.deploy;

import java.util.List;

/** KEDA's resource, as far as the example uses it. */
record ScaledObject(String apiVersion, String kind, Meta metadata, Spec spec) {

  record Spec(
      Target scaleTargetRef,
      int pollingInterval,
      int minReplicaCount,
      int maxReplicaCount,
      Advanced advanced,
      List<Trigger> triggers) {}

  record Target(String name) {}

  record Advanced(Autoscaler horizontalPodAutoscalerConfig) {}

  record Autoscaler(Behavior behavior) {}

  record Behavior(Rules scaleUp, Rules scaleDown) {}

  record Rules(int stabilizationWindowSeconds, List<Policy> policies) {}

  record Policy(String type, int value, int periodSeconds) {}

  record Trigger(String type, String metricType, ApiMetadata metadata) {}

  record ApiMetadata(String url, String valueLocation, String targetValue) {}
}
