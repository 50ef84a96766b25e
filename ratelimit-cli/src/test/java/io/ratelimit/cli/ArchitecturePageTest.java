package io.ratelimit.cli;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The architecture page matches the code. */
class ArchitecturePageTest {

  private static final Path ROOT = Path.of("..");
  private static final String PREFIX = "io.ratelimit.";

  private static final Pattern MODULE = Pattern.compile("<module>(.+?)</module>");
  private static final Pattern MANAGED =
      Pattern.compile("<dependencyManagement>.*?</dependencyManagement>", Pattern.DOTALL);
  private static final Pattern DEPENDENCY =
      Pattern.compile("<dependency>(.*?)</dependency>", Pattern.DOTALL);
  private static final Pattern SIBLING =
      Pattern.compile("<artifactId>ratelimit-([\\w-]+)</artifactId>");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([\\w.-]+)` \\|");
  private static final Pattern PICTURE = Pattern.compile("(?s)```mermaid\n(.*?)```");
  private static final Pattern LABEL = Pattern.compile("\\[.*?]");
  private static final Pattern ARROW = Pattern.compile("(?m)^ *(.+?) --> (.+)$");
  private static final Pattern CLASS_NAME =
      Pattern.compile("`([A-Z][a-z]\\w*)(?:\\.\\w+)?(?:\\(.*?\\))?`");

  private final String page = read(ROOT.resolve("docs/architecture.md"));
  private final List<String> modules = all(MODULE, read(ROOT.resolve("pom.xml")));

  @Test
  void hasARowForEveryModule() {
    assertThat(modules).isNotEmpty();
    assertThat(rows()).containsAll(modules);
  }

  @Test
  void hasARowForEveryPackage() throws IOException {
    Set<String> packages = new TreeSet<>();
    for (String module : modules) {
      Path sources = ROOT.resolve(module).resolve("src/main/java");
      for (Path file : javaFiles(sources)) {
        if (!file.endsWith("package-info.java")) {
          Path directory = sources.relativize(file.getParent());
          packages.add(directory.toString().replace('\\', '/').replace('/', '.'));
        }
      }
    }
    packages.removeIf(name -> name.isEmpty() || name.contains(".internal."));

    assertThat(packages).contains(PREFIX + "core.limit", PREFIX + "cli.shell");
    assertThat(rows())
        .containsAll(packages.stream().map(name -> name.substring(PREFIX.length())).toList());
    assertThat(rows()).allMatch(row -> modules.contains(row) || packages.contains(PREFIX + row));
  }

  @Test
  void namesNoClassThatIsNot() throws IOException {
    Set<String> classes = new TreeSet<>();
    for (String module : modules) {
      for (Path file : javaFiles(ROOT.resolve(module).resolve("src"))) {
        classes.add(file.getFileName().toString().replace(".java", ""));
      }
    }
    assertThat(all(CLASS_NAME, page)).contains("TakeRequest").allMatch(classes::contains);
  }

  @Test
  void drawsTheModules() {
    Map<String, Set<String>> real = new TreeMap<>();
    for (String module : modules) {
      Set<String> siblings = new TreeSet<>();
      String pom = read(ROOT.resolve(module).resolve("pom.xml"));
      for (String dependency : all(DEPENDENCY, MANAGED.matcher(pom).replaceAll(""))) {
        if (!dependency.contains("<scope>test</scope>")) {
          siblings.addAll(all(SIBLING, dependency));
        }
      }
      real.put(module.replace("ratelimit-", ""), siblings);
    }
    assertDrawn(0, real);
  }

  @Test
  void drawsThePackagesOfCore() {
    Map<String, Set<String>> real =
        arrows("core", name -> name.replace("internal.", "").replaceFirst("^memory$", "queue"));
    assertDrawn(1, without("check", real));
  }

  @Test
  void drawsTheRoomsOfTheQueueInRedis() {
    assertDrawn(2, arrows("redis", name -> name.replace("internal.", "")));
  }

  @Test
  void drawsTheRoomsOfTheManager() {
    Map<String, Set<String>> real = arrows("temporal", name -> name.replace("internal.", ""));
    assertDrawn(3, without("timeouts", real));
  }

  @Test
  void drawsTheRoomsOfTheCommandLine() {
    Map<String, Set<String>> real = arrows("cli", UnaryOperator.identity());
    assertDrawn(4, without("shell", real));
  }

  /** Every drawn arrow exists, and every existing one has a drawn path. */
  private void assertDrawn(int picture, Map<String, Set<String>> real) {
    Map<String, Set<String>> drawn = new TreeMap<>();
    String text = LABEL.matcher(all(PICTURE, page).get(picture)).replaceAll("");
    ARROW
        .matcher(text)
        .results()
        .forEach(
            line -> {
              for (String from : line.group(1).split(" & ", -1)) {
                drawn
                    .computeIfAbsent(from, name -> new TreeSet<>())
                    .addAll(Arrays.asList(line.group(2).split(" & ", -1)));
              }
            });
    assertThat(drawn).isNotEmpty();
    drawn.forEach(
        (from, to) ->
            assertThat(real.getOrDefault(from, Set.of()))
                .as("what %s really depends on", from)
                .containsAll(to));
    real.forEach(
        (from, to) ->
            assertThat(reachable(from, drawn))
                .as("where arrows lead to from %s", from)
                .containsAll(to));
  }

  private static Set<String> reachable(String from, Map<String, Set<String>> arrows) {
    Set<String> reached = new TreeSet<>();
    Deque<String> next = new ArrayDeque<>(arrows.getOrDefault(from, Set.of()));
    while (!next.isEmpty()) {
      String name = next.pop();
      if (reached.add(name)) {
        next.addAll(arrows.getOrDefault(name, Set.of()));
      }
    }
    return reached;
  }

  /** Returns the dependencies between packages of a module, by their names in a picture. */
  private static Map<String, Set<String>> arrows(String module, UnaryOperator<String> naming) {
    JavaClasses classes =
        new ClassFileImporter()
            .withImportOption(location -> !location.contains("/test-"))
            .importPackages(PREFIX + module);
    UnaryOperator<String> name =
        full ->
            full.equals(PREFIX + module)
                ? module
                : naming.apply(full.substring((PREFIX + module + '.').length()));
    Map<String, Set<String>> arrows = new TreeMap<>();
    for (JavaClass type : classes) {
      String from = name.apply(type.getPackageName());
      Set<String> to = arrows.computeIfAbsent(from, none -> new TreeSet<>());
      type.getDirectDependenciesFromSelf().stream()
          .map(dependency -> dependency.getTargetClass().getBaseComponentType().getPackageName())
          .filter(target -> (target + '.').startsWith(PREFIX + module + '.'))
          .map(name)
          .filter(target -> !target.equals(from))
          .forEach(to::add);
    }
    return arrows;
  }

  private static Map<String, Set<String>> without(String name, Map<String, Set<String>> arrows) {
    assertThat(arrows.remove(name)).as("arrows from %s", name).isEmpty();
    arrows.values().forEach(targets -> targets.remove(name));
    return arrows;
  }

  private Set<String> rows() {
    return new TreeSet<>(all(ROW, page.substring(page.indexOf("## Modules and packages"))));
  }

  private static List<String> all(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(result -> result.group(1)).toList();
  }

  private static Set<Path> javaFiles(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return Set.of();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .collect(toCollection(TreeSet::new));
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
