package io.ratelimit.cli.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.ratelimit.cli.Commands;
import io.ratelimit.cli.telemetry.Scrape;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The example's files for Kubernetes, each alone and together. */
class KubernetesTest {

  private static final String NAME = "app.kubernetes.io/name";
  private static final String PART_OF = "app.kubernetes.io/part-of";

  /** The time beyond its grace that a process needs to give back events and end. */
  private static final Duration TO_END = Duration.ofSeconds(15);

  static Stream<Path> files() {
    return Manifests.files().stream();
  }

  static Stream<Deployment> deployments() {
    return Stream.of(worker(), exporter());
  }

  private static Deployment worker() {
    return Manifests.read("base/worker.yaml", Deployment.class);
  }

  private static Deployment exporter() {
    return Manifests.read("base/exporter.yaml", Deployment.class);
  }

  private static ScaledObject scaledObject() {
    return Manifests.read("keda/scaledobject.yaml", ScaledObject.class);
  }

  private static Kustomization base() {
    return Manifests.read("base/kustomization.yaml", Kustomization.class);
  }

  private static PodSpec pod(Deployment deployment) {
    return deployment.getSpec().getTemplate().getSpec();
  }

  private static Container container(Deployment deployment) {
    assertThat(pod(deployment).getContainers()).hasSize(1);
    return pod(deployment).getContainers().get(0);
  }

  private static Map<String, String> labels(Deployment deployment) {
    return deployment.getSpec().getTemplate().getMetadata().getLabels();
  }

  private static String option(Deployment deployment, String name) {
    return container(deployment).getArgs().stream()
        .filter(arg -> arg.startsWith(name + "="))
        .map(arg -> arg.substring(name.length() + 1))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not given"));
  }

  @ParameterizedTest
  @MethodSource("files")
  void everyFileIsOneResourceOfItsKindAndHasNothingElseInIt(Path file) {
    assertThat(Manifests.read(file)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/spec", "/spec/template/spec", "/spec/template/spec/containers/0"})
  void aFieldThatAKindLacksIsFound(String where) {
    JsonNode resource = Yaml.document(Example.kubernetes("base/worker.yaml"));
    ((ObjectNode) resource.at(where)).put("replica", 2);

    assertThatThrownBy(() -> Manifests.read(resource)).hasMessageContaining("\"replica\"");
  }

  @Test
  void everyFileIsUsed() {
    Set<String> used = new TreeSet<>(Set.of("podmonitor.yaml"));
    for (String folder : List.of("base", "keda", "hpa")) {
      used.add(folder + "/kustomization.yaml");
      Manifests.read(folder + "/kustomization.yaml", Kustomization.class).resources().stream()
          .filter(resource -> resource.endsWith(".yaml"))
          .forEach(resource -> used.add(folder + "/" + resource));
    }

    assertThat(files().map(file -> Example.kubernetes("").relativize(file).toString()))
        .containsExactlyInAnyOrderElementsOf(used);
  }

  @ParameterizedTest
  @MethodSource("deployments")
  void theCommandLineAcceptsTheArguments(Deployment deployment) {
    List<String> arguments =
        container(deployment).getArgs().stream()
            .map(argument -> argument.replace("$(POD_NAME)", "ratelimit-worker-0"))
            .toList();

    assertThat(Commands.refusal(arguments)).isEmpty();
    assertThat(container(deployment).getCommand()).as("the image's own entry point").isEmpty();
  }

  @ParameterizedTest
  @MethodSource("deployments")
  void argumentsNameOnlyVariablesThatThereAre(Deployment deployment) {
    Set<String> variables =
        container(deployment).getEnv().stream().map(EnvVar::getName).collect(Collectors.toSet());

    assertThat(container(deployment).getArgs())
        .filteredOn(argument -> argument.contains("$("))
        .allMatch(
            argument ->
                variables.contains(
                    argument.replaceFirst(".*\\$\\(", "").replaceFirst("\\).*", "")));
  }

  @ParameterizedTest
  @MethodSource("deployments")
  void theCommandKnowsTheVariables(Deployment deployment) {
    String command = container(deployment).getArgs().get(0);
    Map<String, String> variables = new TreeMap<>();
    container(deployment).getEnv().forEach(each -> variables.put(each.getName(), "redis://redis"));
    variables.remove("POD_NAME");
    variables.remove("RATELIMIT_JAVA_OPTS"); // of the launcher
    base()
        .configMapGenerator()
        .get(0)
        .literals()
        .forEach(
            literal ->
                variables.put(
                    literal.substring(0, literal.indexOf('=')),
                    literal.substring(literal.indexOf('=') + 1)));

    assertThat(Commands.unknownVariables(variables, command)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("deployments")
  void whatIsSecretComesFromASecretAndTheRestFromTheGeneratedMap(Deployment deployment) {
    EnvVar redis =
        container(deployment).getEnv().stream()
            .filter(variable -> variable.getName().equals("RATELIMIT_REDIS_URL"))
            .findFirst()
            .orElseThrow();

    assertThat(redis.getValue()).isNull();
    assertThat(redis.getValueFrom().getSecretKeyRef().getName()).startsWith("ratelimit-redis");
    assertThat(container(deployment).getEnvFrom())
        .extracting(source -> source.getConfigMapRef().getName())
        .containsExactly(base().configMapGenerator().get(0).name());
    assertThat(container(deployment).getImage()).isEqualTo(base().images().get(0).name());
  }

  @ParameterizedTest
  @MethodSource("deployments")
  void probesAndPrometheusAskWhereTheProcessListens(Deployment deployment) {
    Container container = container(deployment);
    int port = Integer.parseInt(option(deployment, "--metrics"));
    ContainerPort named = container.getPorts().get(0);
    Map<String, String> annotations =
        deployment.getSpec().getTemplate().getMetadata().getAnnotations();

    assertThat(option(deployment, "--metrics-host")).isEqualTo("0.0.0.0");
    assertThat(named.getContainerPort()).isEqualTo(port);
    assertThat(container.getLivenessProbe()).isNotNull();
    for (Probe probe :
        List.of(
            container.getStartupProbe(),
            container.getLivenessProbe(),
            container.getReadinessProbe())) {
      assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo(named.getName());
    }
    assertThat(container.getStartupProbe().getHttpGet().getPath()).isEqualTo("/health/live");
    assertThat(container.getLivenessProbe().getHttpGet().getPath()).isEqualTo("/health/live");
    assertThat(container.getReadinessProbe().getHttpGet().getPath()).isEqualTo("/health/ready");
    assertThat(annotations)
        .containsEntry("prometheus.io/scrape", "true")
        .containsEntry("prometheus.io/port", Integer.toString(port))
        .containsEntry("prometheus.io/path", "/metrics");
  }

  @Test
  void aWorkerIsGivenTheTimeToStopThatItTakes() {
    Duration grace = Duration.parse("PT" + option(worker(), "--grace"));

    assertThat(Duration.ofSeconds(pod(worker()).getTerminationGracePeriodSeconds()))
        .isGreaterThanOrEqualTo(grace.plus(TO_END));
  }

  @ParameterizedTest
  @MethodSource("deployments")
  void runsWithoutPrivileges(Deployment deployment) {
    PodSpec pod = pod(deployment);
    Container container = container(deployment);

    assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(pod.getSecurityContext().getRunAsUser()).isPositive();
    assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
    assertThat(pod.getAutomountServiceAccountToken()).isFalse();
    assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
    assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
    assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(container.getVolumeMounts().get(0).getMountPath()).isEqualTo("/tmp");
    assertThat(container.getVolumeMounts().get(0).getName())
        .isEqualTo(pod.getVolumes().get(0).getName());
    assertThat(Manifests.read("base/namespace.yaml", Namespace.class).getMetadata().getLabels())
        .containsEntry("pod-security.kubernetes.io/enforce", "restricted");
  }

  @ParameterizedTest
  @MethodSource("deployments")
  void hasTheMemoryThatItMayUseAndNoLimitOnCpu(Deployment deployment) {
    Map<String, Quantity> requests = container(deployment).getResources().getRequests();
    Map<String, Quantity> limits = container(deployment).getResources().getLimits();

    assertThat(limits).containsOnlyKeys("memory");
    assertThat(requests).containsKey("cpu").containsEntry("memory", limits.get("memory"));
  }

  @ParameterizedTest
  @MethodSource("deployments")
  void selectsItsOwnPods(Deployment deployment) {
    assertThat(labels(deployment))
        .containsEntry(NAME, deployment.getMetadata().getName())
        .containsAllEntriesOf(deployment.getSpec().getSelector().getMatchLabels());
  }

  @Test
  void onlyPrometheusAndKedaReachThePodsAndTheyReachOnlyWhatTheyNeed() {
    NetworkPolicy policy = Manifests.read("base/networkpolicy.yaml", NetworkPolicy.class);

    assertThat(policy.getSpec().getPolicyTypes()).containsExactly("Ingress", "Egress");
    var allLabels =
        Manifests.read("base/kustomization.yaml", Kustomization.class).labels().get(0).pairs();
    assertThat(policy.getSpec().getPodSelector().getMatchLabels()).isEqualTo(allLabels);
    assertThat(policy.getSpec().getIngress())
        .singleElement()
        .satisfies(rule -> assertThat(rule.getFrom()).isNotEmpty());
    assertThat(policy.getSpec().getIngress().get(0).getPorts())
        .extracting(port -> port.getPort().getStrVal())
        .containsExactly(container(worker()).getPorts().get(0).getName());
    assertThat(policy.getSpec().getEgress())
        .allSatisfy(rule -> assertThat(rule.getPorts()).isNotEmpty())
        .flatExtracting(rule -> rule.getPorts())
        .extracting(port -> port.getPort().getIntVal())
        .containsExactlyInAnyOrder(53, 53, 6379, 6380, 7233);
  }

  @Test
  void whoOnlyLooksHasASecretOfItsOwn() {
    assertThat(secret(worker())).isEqualTo("ratelimit-redis");
    assertThat(secret(exporter())).isEqualTo("ratelimit-redis-viewer");
  }

  private static String secret(Deployment deployment) {
    return container(deployment).getEnv().stream()
        .filter(variable -> variable.getName().equals("RATELIMIT_REDIS_URL"))
        .map(variable -> variable.getValueFrom().getSecretKeyRef().getName())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theBudgetIsForTheWorkers() {
    PodDisruptionBudget budget =
        Manifests.read("base/poddisruptionbudget.yaml", PodDisruptionBudget.class);

    assertThat(budget.getSpec().getSelector().getMatchLabels())
        .isEqualTo(worker().getSpec().getSelector().getMatchLabels());
    assertThat(budget.getSpec().getMaxUnavailable().getIntVal())
        .isLessThan(worker().getSpec().getReplicas());
  }

  @Test
  void prometheusFindsAllPods() {
    Service service = Manifests.read("base/service.yaml", Service.class);
    PodMonitor monitor = Manifests.read("podmonitor.yaml", PodMonitor.class);
    Map<String, String> ofAll = base().labels().get(0).pairs();
    JsonNode sd =
        Yaml.document(Example.prometheus("prometheus-kubernetes.yml"))
            .at("/scrape_configs/0/dns_sd_configs/0");

    assertThat(base().labels().get(0).includeTemplates()).isTrue();
    assertThat(ofAll).containsEntry(PART_OF, "ratelimit");
    assertThat(service.getSpec().getSelector()).isEqualTo(ofAll);
    assertThat(service.getSpec().getClusterIP()).isEqualTo("None");
    assertThat(monitor.spec().selector().matchLabels()).isEqualTo(ofAll);
    assertThat(monitor.spec().jobLabel()).isEqualTo(PART_OF);
    assertThat(monitor.metadata().namespace()).isEqualTo(base().namespace());
    assertThat(monitor.spec().podMetricsEndpoints().get(0).port())
        .isEqualTo(container(worker()).getPorts().get(0).getName());
    assertThat(sd.at("/names/0").asText())
        .isEqualTo(
            service.getMetadata().getName() + "." + base().namespace() + ".svc.cluster.local");
    assertThat(sd.get("port").asText()).isEqualTo(option(worker(), "--metrics"));
  }

  private static HorizontalPodAutoscaler autoscaler() {
    return Manifests.read("hpa/autoscaler.yaml", HorizontalPodAutoscaler.class);
  }

  @Test
  void kedaScalesTheWorkersByWhatEachRunsAtOnce() {
    ScaledObject.Spec scaling = scaledObject().spec();
    ScaledObject.Trigger trigger = scaling.triggers().get(0);
    Service service = Manifests.read("base/exporter-service.yaml", Service.class);
    URI url = URI.create(trigger.metadata().url());

    assertThat(scaling.scaleTargetRef().name()).isEqualTo(worker().getMetadata().getName());
    assertThat(trigger.type()).isEqualTo("metrics-api");
    assertThat(trigger.metricType()).isEqualTo("AverageValue");
    assertThat(trigger.metadata().targetValue()).isEqualTo(option(worker(), "--concurrency"));
    assertThat(url.getHost())
        .isEqualTo(
            service.getMetadata().getName() + "." + base().namespace() + ".svc.cluster.local")
        .isEqualTo(option(exporter(), "--web-allow-host"));
    assertThat(Integer.toString(url.getPort())).isEqualTo(option(exporter(), "--metrics"));
    assertThat(service.getSpec().getPorts().get(0).getPort()).isEqualTo(url.getPort());
    assertThat(labels(exporter())).containsAllEntriesOf(service.getSpec().getSelector());
    assertThat(scaling.minReplicaCount()).isPositive().isLessThan(scaling.maxReplicaCount());
  }

  /** The exporter serves the value that the manifest reads. */
  @Test
  void kedaFindsTheNumberInTheAnswer() {
    ScaledObject.ApiMetadata asked = scaledObject().spec().triggers().get(0).metadata();

    assertThat(URI.create(asked.url()).getPath()).isEqualTo("/autoscaling");
    assertThat(Scrape.AUTOSCALING_FIELDS).contains(asked.valueLocation());
  }

  @Test
  void anAutoscalerWithoutKedaDoesTheSame() {
    var spec = autoscaler().getSpec();
    var external = spec.getMetrics().get(0).getExternal();
    ScaledObject.Spec keda = scaledObject().spec();

    assertThat(spec.getScaleTargetRef().getName()).isEqualTo(worker().getMetadata().getName());
    assertThat(spec.getScaleTargetRef().getKind()).isEqualTo(worker().getKind());
    assertThat(spec.getMinReplicas()).isEqualTo(keda.minReplicaCount());
    assertThat(spec.getMaxReplicas()).isEqualTo(keda.maxReplicaCount());
    assertThat(external.getTarget().getType()).isEqualTo("AverageValue");
    assertThat(external.getTarget().getAverageValue().toString())
        .isEqualTo(option(worker(), "--concurrency"));
    assertThat(external.getMetric().getSelector().getMatchLabels())
        .isEqualTo(Map.of("queue", literal("RATELIMIT_QUEUE").orElseThrow()));
    JsonNode rule = Yaml.document(Example.prometheus("adapter.yml")).at("/externalRules/0");
    assertThat(rule.at("/name/as").asText()).isEqualTo(external.getMetric().getName());
    assertThat(rule.get("seriesQuery").asText()).startsWith(external.getMetric().getName() + "{");
  }

  private static Optional<String> literal(String key) {
    return base().configMapGenerator().get(0).literals().stream()
        .filter(literal -> literal.startsWith(key + "="))
        .map(literal -> literal.substring(key.length() + 1))
        .findFirst();
  }

  @ParameterizedTest
  @ValueSource(strings = {"keda", "hpa"})
  void nobodyElseSaysHowManyWorkersThereAre(String folder) {
    Kustomization scaled = Manifests.read(folder + "/kustomization.yaml", Kustomization.class);
    Kustomization.Patch patch = scaled.patches().get(0);

    assertThat(patch.target().kind()).isEqualTo("Deployment");
    assertThat(patch.target().name()).isEqualTo(worker().getMetadata().getName());
    assertThat(patch.patch().lines()).containsExactly("- op: remove", "  path: /spec/replicas");
    assertThat(Yaml.document(Example.kubernetes("base/worker.yaml")).at("/spec/replicas").isInt())
        .isTrue();
  }
}
