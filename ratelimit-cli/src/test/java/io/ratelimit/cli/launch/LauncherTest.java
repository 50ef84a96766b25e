package io.ratelimit.cli.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code bin/ratelimit} as a shell starts it, with a jar that prints its arguments. */
class LauncherTest {

  private static final Path LAUNCHER = Path.of("../bin/ratelimit").toAbsolutePath().normalize();
  private static final String QUICK = "-XX:TieredStopAtLevel=1";

  @TempDir private Path folder;
  private Path jar;

  /** The output of a run, on both streams, and its exit code. */
  record Run(int exitCode, List<String> lines) {

    String java() {
      return lines.stream().filter(line -> line.startsWith("java ")).findFirst().orElse("");
    }
  }

  @BeforeEach
  void makeJar() throws IOException {
    jar = Files.createDirectory(folder.resolve("a folder")).resolve("ratelimit.jar");
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Echo.class.getName());
    String entry = Echo.class.getName().replace('.', '/') + ".class";
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest)) {
      out.putNextEntry(new JarEntry(entry));
      out.write(Echo.class.getClassLoader().getResourceAsStream(entry).readAllBytes());
    }
  }

  private Run run(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    return run(LAUNCHER, environment, arguments);
  }

  private Run run(Path launcher, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("RATELIMIT_JAR", jar.toString());
    builder.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Run(process.waitFor(), printed.lines().toList());
  }

  private List<Path> archives() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("cache/ratelimit"))) {
      return files.toList();
    }
  }

  @Test
  void whatIsGivenArrivesAsItIs() throws Exception {
    Run run = run(Map.of(), "list", "two words", "", "*", "$HOME", "a\"b");

    assertThat(run.exitCode()).isEqualTo(5);
    assertThat(run.lines())
        .filteredOn(line -> line.startsWith("argument"))
        .containsExactly(
            "argument list",
            "argument two words",
            "argument ",
            "argument *",
            "argument $HOME",
            "argument a\"b");
  }

  @Test
  void anArchiveIsMadeOnceAndUsed() throws Exception {
    Run first = run(Map.of(), "list");
    List<Path> made = archives();
    Run second = run(Map.of(), "list");

    assertThat(made).singleElement();
    assertThat(archives()).isEqualTo(made);
    assertThat(List.of(first, second))
        .allSatisfy(run -> assertThat(run.java()).contains("-XX:SharedArchiveFile=" + made.get(0)));
  }

  @Test
  void anotherJarGetsAnotherArchive() throws Exception {
    run(Map.of(), "list");
    Path other = Files.copy(jar, folder.resolve("other.jar"));
    run(Map.of("RATELIMIT_JAR", other.toString()), "list");

    assertThat(archives()).hasSize(2);
  }

  @Test
  void aCacheThatCannotBeWrittenIsNoObstacle() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));

    Run run = run(Map.of("XDG_CACHE_HOME", file.toString()), "list");

    assertThat(run.exitCode()).isEqualTo(5);
    assertThat(run.lines()).hasSize(2);
    assertThat(run.java()).doesNotContain("SharedArchiveFile");
  }

  @Test
  void anArchiveThatIsDamagedIsNoObstacle() throws Exception {
    run(Map.of(), "list");
    Path archive = archives().get(0);
    Files.delete(archive);
    Files.writeString(archive, "damaged");

    Run run = run(Map.of(), "list");

    assertThat(run.exitCode()).isEqualTo(5);
    assertThat(run.lines()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "status", "queue"})
  void whatEndsSoonIsCompiledQuickly(String command) throws Exception {
    assertThat(run(Map.of(), command, "system").java()).contains(QUICK);
  }

  @ParameterizedTest
  @ValueSource(strings = {"system", "worker", "demo", "simulate"})
  void whatRunsForLongIsCompiledWell(String command) throws Exception {
    assertThat(run(Map.of(), command, "list").java()).doesNotContain(QUICK);
  }

  @Test
  void itsOwnerMayAddOptions() throws Exception {
    Run run = run(Map.of("RATELIMIT_JAVA_OPTS", "-Xmx128m -Da=b"), "list");

    assertThat(run.java()).contains("-Xmx128m, -Da=b");
  }

  @Test
  void aLinkToItWorks() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), LAUNCHER);

    Run run = run(link, Map.of("RATELIMIT_JAR", ""), "--version");

    // The jar may not be built yet: either way it is looked for beside the launcher.
    assertThat(run.lines())
        .singleElement()
        .asString()
        .satisfiesAnyOf(
            line -> assertThat(line).startsWith("ratelimit 0."),
            line -> assertThat(line).contains(LAUNCHER.getParent().toString()));
  }

  @Test
  void itSaysWhatIsMissing() throws Exception {
    Run withoutJar = run(Map.of("RATELIMIT_JAR", "/no/such.jar"));
    Run withoutJava = run(Map.of("JAVA_HOME", "/no/java"));

    assertThat(withoutJar.exitCode()).isEqualTo(2);
    assertThat(withoutJar.lines())
        .singleElement()
        .asString()
        .startsWith("ratelimit: there is no /no/such.jar: build it with");
    assertThat(withoutJava.exitCode()).isEqualTo(2);
    assertThat(withoutJava.lines())
        .containsExactly(
            "ratelimit: there is no /no/java/bin/java: JAVA_HOME must be where a JDK or JRE is");
  }
}
