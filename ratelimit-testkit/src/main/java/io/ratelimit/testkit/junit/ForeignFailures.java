package io.ratelimit.testkit.junit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Keeps what fails in somebody else's thread from failing a test that waits meanwhile. Temporal's
 * server in the test's JVM, for one, throws when a client hangs up before it has answered, and
 * Awaitility takes every uncaught exception for a failure of the test.
 *
 * <p>Register it with {@code @ExtendWith}, or for all tests of a module in {@code
 * META-INF/services/org.junit.jupiter.api.extension.Extension}. It holds for the rest of the JVM.
 */
public final class ForeignFailures implements BeforeAllCallback {

  /** Creates the extension; JUnit does. */
  public ForeignFailures() {}

  @Override
  public void beforeAll(ExtensionContext context) {
    Awaitility.doNotCatchUncaughtExceptionsByDefault();
  }
}
