package io.ratelimit.cli.deploy;

import java.nio.file.Path;

/** The folder of the files to deploy. */
final class Example {

  private static final Path FOLDER = Path.of("../deploy");

  static Path prometheus(String file) {
    return FOLDER.resolve("prometheus").resolve(file);
  }

  static Path kubernetes(String file) {
    return FOLDER.resolve("kubernetes").resolve(file);
  }

  static Path dashboard() {
    return FOLDER.resolve("grafana/ratelimit.json");
  }

  static Path readme() {
    return FOLDER.resolve("README.md");
  }

  private Example() {}
}
