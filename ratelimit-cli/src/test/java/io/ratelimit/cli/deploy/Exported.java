package io.ratelimit.cli.deploy;

import io.ratelimit.cli.telemetry.Scrape;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The metrics that the processes export. */
final class Exported {

  private static final Pattern SAMPLE = Pattern.compile("(?m)^(\\w+)(?:\\{(.*)})? \\S+$");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"(?:[^\"\\\\]|\\\\.)*\"");

  /** Returns each name with its labels. */
  static Map<String, Set<String>> names() {
    Map<String, Set<String>> names = new TreeMap<>();
    SAMPLE
        .matcher(Scrape.text())
        .results()
        .forEach(
            sample -> {
              Set<String> labels = names.computeIfAbsent(sample.group(1), name -> new TreeSet<>());
              if (sample.group(2) != null) {
                LABEL
                    .matcher(sample.group(2))
                    .results()
                    .forEach(found -> labels.add(found.group(1)));
              }
            });
    return names;
  }

  private Exported() {}
}
