package io.ratelimit.cli.shell;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** Reads the version from the jar. */
public final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    String version =
        Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
            .orElse("in development");
    return new String[] {
      "ratelimit " + version + " (Java " + System.getProperty("java.version") + ")"
    };
  }
}
