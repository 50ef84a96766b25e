package io.ratelimit.modules;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An application's module that uses the library on the module path: compiled and run there by the
 * JDK that runs the test.
 */
final class HostModule {

  private static final Pattern TESTS = Pattern.compile("-tests\\.jar$|/test-[a-z-]*classes/?$");

  private final Path directory;
  private final String modulePath;

  private HostModule(Path directory, String modulePath) {
    this.directory = directory;
    this.modulePath = modulePath;
  }

  /**
   * Prepares a module.
   *
   * @param directory where it may write
   * @param libraries which jars of the test's class path a host has, as a pattern of the beginnings
   *     of their names; the library's own modules are there in any case
   */
  static HostModule in(Path directory, String libraries) {
    Predicate<String> isLibrary = Pattern.compile("^(" + libraries + ").*\\.jar$").asPredicate();
    String modulePath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !TESTS.matcher(entry).find())
            .filter(
                entry ->
                    Files.isDirectory(Path.of(entry))
                        || isLibrary.or(HostModule::isOurs).test(name(entry)))
            .collect(Collectors.joining(File.pathSeparator));
    return new HostModule(directory, modulePath);
  }

  private static String name(String entry) {
    return Path.of(entry).getFileName().toString();
  }

  private static boolean isOurs(String name) {
    return name.startsWith("ratelimit-");
  }

  /**
   * Compiles and runs a program.
   *
   * @param requires the modules that it names in its descriptor
   * @param main the source of its class {@code host.Main}
   * @return what it, or a compiler that refuses it, printed
   */
  String run(List<String> requires, String main) throws IOException, InterruptedException {
    Path sources = directory.resolve("sources");
    Files.createDirectories(sources.resolve("host"));
    String descriptor =
        requires.stream().map(m -> "requires " + m + ";").collect(Collectors.joining(" "));
    Files.writeString(sources.resolve("module-info.java"), "module host { " + descriptor + " }");
    Files.writeString(sources.resolve("host/Main.java"), main);
    Path classes = directory.resolve("classes");
    String compiled =
        tool(
            "javac",
            "--module-path",
            modulePath,
            "-d",
            classes.toString(),
            sources.resolve("module-info.java").toString(),
            sources.resolve("host/Main.java").toString());
    return Files.exists(classes.resolve("host/Main.class"))
        ? tool(
            "java",
            "--module-path",
            modulePath + File.pathSeparator + classes,
            "--module",
            "host/host.Main")
        : compiled;
  }

  private String tool(String name, String... arguments) throws IOException, InterruptedException {
    Path output = directory.resolve(name + ".out");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", name).toString());
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(2, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IllegalStateException(name + " did not end within 2 minutes");
    }
    return Files.readString(output);
  }
}
