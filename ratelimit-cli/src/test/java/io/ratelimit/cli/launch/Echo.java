package io.ratelimit.cli.launch;

import java.lang.management.ManagementFactory;

/** Replaces the command line: prints the options of Java and its own, and ends with code 5. */
final class Echo {

  public static void main(String[] args) {
    System.out.println("java " + ManagementFactory.getRuntimeMXBean().getInputArguments());
    for (String argument : args) {
      System.out.println("argument " + argument);
    }
    System.exit(5);
  }

  private Echo() {}
}
