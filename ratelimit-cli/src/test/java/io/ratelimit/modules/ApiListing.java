package io.ratelimit.modules;

import java.io.IOException;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The API of a module: its public and protected types and members, one per line, without internal
 * packages. A file keeps it, so that every change is visible and deliberate.
 */
final class ApiListing {

  /** The system property with which a test writes the file instead of comparing it. */
  static final String WRITE = "api.write";

  private static final String INTERNAL = ".internal.";
  private static final Set<String> OF_EVERY_RECORD = Set.of("equals", "hashCode", "toString");

  private final List<String> lines;

  private ApiListing(List<String> lines) {
    this.lines = lines;
  }

  /** Lists the module, or the directory of classes, that a class is in. */
  static ApiListing ofModuleWith(Class<?> anyClass) {
    try {
      Path classes = Path.of(anyClass.getProtectionDomain().getCodeSource().getLocation().toURI());
      if (Files.isDirectory(classes)) {
        return of(classes, anyClass.getClassLoader());
      }
      try (FileSystem jar = FileSystems.newFileSystem(classes)) {
        return of(jar.getPath("/"), anyClass.getClassLoader());
      }
    } catch (IOException | URISyntaxException | ClassNotFoundException failure) {
      throw new IllegalStateException("the classes cannot be listed", failure);
    }
  }

  private static ApiListing of(Path classes, ClassLoader loader)
      throws IOException, ClassNotFoundException {
    List<String> names;
    try (Stream<Path> files = Files.walk(classes)) {
      names =
          files
              .map(file -> classes.relativize(file).toString().replace('\\', '/'))
              .filter(name -> name.endsWith(".class") && !name.endsWith("-info.class"))
              .map(name -> name.substring(0, name.length() - ".class".length()).replace('/', '.'))
              .filter(name -> !name.contains(INTERNAL))
              .sorted()
              .toList();
    }
    List<String> lines = new ArrayList<>();
    for (String name : names) {
      Class<?> type = Class.forName(name, false, loader);
      if (isApi(type)) {
        describe(type, lines);
      }
    }
    return new ApiListing(lines);
  }

  private static boolean isApi(Class<?> type) {
    return isApi(type.getModifiers())
        && !type.isAnonymousClass()
        && Optional.<Class<?>>ofNullable(type.getDeclaringClass())
            .map(ApiListing::isApi)
            .orElse(true);
  }

  private static boolean isApi(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  private static void describe(Class<?> type, List<String> lines) {
    lines.add(heading(type));
    members(type.getDeclaredFields(), Field::toGenericString, lines);
    members(type.getDeclaredConstructors(), Constructor::toGenericString, lines);
    members(
        Arrays.stream(type.getDeclaredMethods())
            .filter(method -> !(type.isRecord() && OF_EVERY_RECORD.contains(method.getName())))
            .toArray(Method[]::new),
        Method::toGenericString,
        lines);
  }

  private static String heading(Class<?> type) {
    List<String> parents = new ArrayList<>();
    Type parent = type.getGenericSuperclass();
    if (parent != null && !parent.equals(Object.class)) {
      parents.add(parent.getTypeName());
    }
    Arrays.stream(type.getGenericInterfaces()).map(Type::getTypeName).forEach(parents::add);
    // Only later versions of Java print that a type is sealed.
    String description = type.toGenericString().replaceAll("\\b(non-)?sealed ", "");
    return (type.isSealed() ? "sealed " : "")
        + description
        + (parents.isEmpty() ? "" : " : " + String.join(", ", parents));
  }

  private static <M extends AccessibleObject & Member> void members(
      M[] members, Function<M, String> text, List<String> lines) {
    Predicate<M> isApi = member -> isApi(member.getModifiers()) && !member.isSynthetic();
    Arrays.stream(members)
        .filter(isApi)
        .map(text)
        .map(line -> "  " + line)
        .sorted()
        .forEach(lines::add);
  }

  /** Returns the number of types. */
  long types() {
    return lines.stream().filter(line -> !line.startsWith(" ")).count();
  }

  /** Returns the lines that name an internal type: nobody could use those. */
  List<String> linesWithInternals() {
    return lines.stream().filter(line -> line.contains(INTERNAL)).toList();
  }

  /**
   * Compares the listing with a file, or writes the file if the system property {@value #WRITE} is
   * set.
   *
   * @throws AssertionError if they differ
   */
  void requireSameAs(Path file) throws IOException {
    if (System.getProperty(WRITE) != null) {
      Files.write(file, lines);
      return;
    }
    List<String> expected = Files.exists(file) ? Files.readAllLines(file) : List.of();
    String gone = without(expected, lines, "- ");
    String come = without(lines, expected, "+ ");
    if (!gone.isEmpty() || !come.isEmpty()) {
      throw new AssertionError(
          "the API is not the one in "
              + file
              + "; if that is meant, run the test with -D"
              + WRITE
              + " and commit the file:\n"
              + gone
              + come);
    }
  }

  private static String without(List<String> some, List<String> others, String mark) {
    return some.stream()
        .filter(line -> !others.contains(line))
        .map(line -> mark + line.strip() + "\n")
        .collect(Collectors.joining());
  }
}
