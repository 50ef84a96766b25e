package io.ratelimit.testkit.junit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Keeps failures in other threads from failing a test that waits. For example, Temporal's server in
 * the test's JVM throws if a client disconnects before it has answered, and Awaitility treats every
 * uncaught exception as a failure of the test.
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
