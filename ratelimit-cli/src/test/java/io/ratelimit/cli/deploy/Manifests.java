package io.ratelimit.cli.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;

/** The example's files for Kubernetes, read strictly: a field that its kind lacks is an error. */
final class Manifests {

  private static final Map<String, Class<?>> KINDS =
      Map.of(
          "v1 Namespace", Namespace.class,
          "v1 Service", Service.class,
          "apps/v1 Deployment", Deployment.class,
          "autoscaling/v2 HorizontalPodAutoscaler", HorizontalPodAutoscaler.class,
          "policy/v1 PodDisruptionBudget", PodDisruptionBudget.class,
          "networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class,
          "kustomize.config.k8s.io/v1beta1 Kustomization", Kustomization.class,
          "keda.sh/v1alpha1 ScaledObject", ScaledObject.class,
          "monitoring.coreos.com/v1 PodMonitor", PodMonitor.class);

  /** Fabric8's classes would accept unknown fields. */
  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .annotationIntrospector(
              new JacksonAnnotationIntrospector() {
                @Override
                public Boolean hasAnySetter(MapperConfig<?> config, Annotated annotated) {
                  return false;
                }
              })
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  /** All files. */
  static List<Path> files() {
    try (Stream<Path> files = Files.walk(Example.kubernetes(""))) {
      return files.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** The only resource in a file. */
  static Object read(Path file) {
    return read(Yaml.document(file));
  }

  static <T> T read(String file, Class<T> kind) {
    return kind.cast(read(Example.kubernetes(file)));
  }

  /** A resource of whatever kind it says that it is. */
  static Object read(JsonNode resource) {
    String kind = resource.path("apiVersion").asText() + " " + resource.path("kind").asText();
    if (!KINDS.containsKey(kind)) {
      throw new AssertionError("no such kind: " + kind);
    }
    return STRICT.readValue(resource.toString(), KINDS.get(kind));
  }

  private Manifests() {}
}
