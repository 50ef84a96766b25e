package io.ratelimit.cli;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What fails in a thread of somebody else's fails no test that waits meanwhile: Temporal's server
 * in this JVM throws when a client hangs up before it has answered.
 */
public final class ForeignFailures implements BeforeAllCallback {

  @Override
  public void beforeAll(ExtensionContext context) {
    Awaitility.doNotCatchUncaughtExceptionsByDefault();
  }
}
