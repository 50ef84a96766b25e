package io.ratelimit.cli.deploy;

import java.util.List;
import java.util.Map;

/** Kustomize's own file, as far as the example uses it. */
record Kustomization(
    String apiVersion,
    String kind,
    String namespace,
    List<String> resources,
    List<Labels> labels,
    List<Image> images,
    List<Generator> configMapGenerator,
    List<Patch> patches) {

  record Labels(Map<String, String> pairs, boolean includeTemplates) {}

  record Image(String name, String newName, String newTag) {}

  record Generator(String name, List<String> literals) {}

  record Patch(Target target, String patch) {}

  record Target(String kind, String name) {}
}
